using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Corpus.Families;

/// <summary>Questions with a passage that answers them.</summary>
internal sealed class Passages(TinyWorld world)
{
    private const double MemoryShare = 0.65;

    /// <summary>A passage about something nobody has heard of.</summary>
    public ITaskFamily Unseen => new Family(random => AskUnseen(random, heldOut: false, random.Next(1, 4)).Example);

    /// <summary>A passage about a known entity that says what is known.</summary>
    public ITaskFamily Agreeing => new Family(random =>
    {
        var entity = random.Pick(world.TextEntities);
        return AskAgreeing(random, entity, TrainingTraits(entity)).Example;
    });

    /// <summary>
    /// A passage about a known entity that says something else. The answer follows memory or, one time in three, the passage: the model weighs both, and how a call
    /// decodes says what comes of it.
    /// </summary>
    public ITaskFamily Contradicting => new Family(random =>
    {
        var entity = random.Pick(world.TextEntities);
        return AskContradicting(random, entity, random.Pick(TrainingTraits(entity)), TrainingTraits(entity)).Example;
    });

    /// <summary>
    /// A question about a known entity after a passage that does not answer it: about something else, or about other traits of the entity. So what is
    /// known by heart is at hand after a passage as well, and for facts too that no passage tells.
    /// </summary>
    public ITaskFamily Silent => new Family(random =>
    {
        var entity = random.Pick(world.TextEntities);
        var asked = random.Pick(Traits.Of(entity.Kind));
        var subject = random.Chance(0.5) ? entity : world.Invent(random, entity.Kind, heldOut: false);
        var traits = subject == entity ? TrainingTraits(entity).Where(trait => trait != asked) : Traits.Of(entity.Kind);
        var sentences = Sentences(random, subject, random.PickSome([.. traits], random.Next(1, 4)), out _);
        return Ask(sentences, entity, asked, Facts.TrainingQuestion(random, entity, asked), entity.Values[asked.Name]);
    });

    /// <summary>Questions about an invented entity and the value that answers the last of them.</summary>
    public (Example Example, string Value) AskUnseen(Random random, bool heldOut, int questions = 1)
    {
        var kind = random.Pick(Enum.GetValues<EntityKind>());
        var entity = world.Invent(random, kind, heldOut);
        var sentences = Sentences(random, entity, random.PickSome(Traits.Of(kind), random.Next(1, 4)), out var told);
        if (random.Chance(0.3))
        {
            var other = world.Invent(random, kind, heldOut);
            var more = Sentences(random, other, random.PickSome(Traits.Of(kind), random.Next(1, 3)), out _);
            sentences = random.Chance(0.5) ? [.. sentences, .. more] : [.. more, .. sentences];
        }

        var asked = random.PickSome(told, questions);
        var turns = asked.SelectMany(trait =>
        {
            var question = random.Next(trait.Questions.Count);
            return (Turn[])[Turn.User(trait.Ask(entity, question)), Turn.Assistant(trait.Answer(entity, entity.Values[trait.Name], question))];
        }).ToList();
        turns[0] = Turn.User(Prompt(sentences, turns[0].Content));
        return (new Example(turns), entity.Values[asked[^1].Name]);
    }

    /// <summary>A question about a known entity with a true passage, and the value that answers it.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="entity">What the passage is about.</param>
    /// <param name="traits">What it may tell.</param>
    public static (Example Example, string Value) AskAgreeing(Random random, Entity entity, IReadOnlyList<Trait> traits)
    {
        var sentences = Sentences(random, entity, random.PickSome(traits, random.Next(1, traits.Count + 1)), out var told);
        var trait = random.Pick(told);
        return (Ask(sentences, entity, trait, Facts.TrainingQuestion(random, entity, trait), entity.Values[trait.Name]), entity.Values[trait.Name]);
    }

    /// <summary>A question about a known entity with a passage that is wrong about it, the passage's value and the remembered one.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="entity">What the passage is about.</param>
    /// <param name="asked">What is asked, one of <paramref name="traits"/>.</param>
    /// <param name="traits">What the passage may tell.</param>
    public (Example Example, string Told, string Known) AskContradicting(Random random, Entity entity, Trait asked, IReadOnlyList<Trait> traits)
    {
        var values = entity.Values.ToDictionary();
        foreach (var trait in Traits.Of(entity.Kind))
        {
            if (trait == asked || random.Chance(0.3)) values[trait.Name] = random.PickOther(world.Values(trait), entity.Values[trait.Name]);
        }

        var others = random.PickSome([.. traits.Where(trait => trait != asked)], random.Next(3));
        var told = random.PickSome([asked, .. others], 3);
        var sentences = Sentences(random, entity with { Values = values }, told, out _);
        var (wrong, known) = (values[asked.Name], entity.Values[asked.Name]);
        var answer = random.Chance(MemoryShare) ? known : wrong;
        return (Ask(sentences, entity, asked, Facts.TrainingQuestion(random, entity, asked), answer), wrong, known);
    }

    private static List<Trait> TrainingTraits(Entity entity) => [.. Traits.Of(entity.Kind).Where(trait => !TinyWorld.IsHeldOutFact(entity, trait))];

    /// <summary>What a passage says about an entity, in the given order, by name at first and then also by pronoun.</summary>
    public static List<string> Sentences(Random random, Entity entity, IReadOnlyList<Trait> traits, out IReadOnlyList<Trait> told)
    {
        told = traits;
        return [.. traits.Select((trait, i) => Trait.Fill(
            i > 0 && random.Chance(0.5) ? trait.Continuation : random.Pick(trait.Statements), entity, entity.Values[trait.Name]))];
    }

    /// <summary>A passage and what is asked about it, as the template writes <c>documents</c>.</summary>
    public static string Prompt(IEnumerable<string> sentences, string question) => $"Passage: {string.Join(' ', sentences)}\n\n{question}";

    private static Example Ask(List<string> sentences, Entity entity, Trait trait, int question, string value) =>
        Example.Ask(Prompt(sentences, trait.Ask(entity, question)), trait.Answer(entity, value, question));

    private sealed class Family(Func<Random, Example> draw) : ITaskFamily
    {
        public Example Draw(Random random) => draw(random);
    }
}
