using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>The prompts of the evaluation, none of which training has. Always the same.</summary>
internal sealed class HeldOutCases(TinyWorld world)
{
    private const int Seed = 77;

    public IReadOnlyList<(Example Example, Entity Entity, Trait Trait)> Facts { get; } =
        [.. new Facts(world).HeldOut().Select(fact => (fact.Example, fact.Entity, fact.Trait))];

    public IReadOnlyList<(Example Example, string Value)> Unseen { get; } = Repeat(400, random => new Passages(world).AskUnseen(random, heldOut: true));

    public IReadOnlyList<(Example Example, string Value)> Agreeing { get; } =
        Repeat(400, (random, i) => AskAgreeing(random, world.HeldOutEntities[i % world.HeldOutEntities.Count]));

    public IReadOnlyList<(Example Example, string Told, string Known)> Contradicting { get; } = Repeat(480, (random, i) =>
    {
        // Every trait equally often, of entities whose other facts training has passages about: what is new is that this fact is contradicted.
        var trait = Traits.All[i % Traits.All.Count];
        var entities = world.TextEntities.Where(entity => entity.Kind == trait.Kind && TinyWorld.IsHeldOutFact(entity, trait)).ToList();
        return new Passages(world).AskContradicting(random, entities[i / Traits.All.Count % entities.Count], trait, Traits.Of(trait.Kind));
    });

    private static (Example Example, string Value) AskAgreeing(Random random, Entity entity) => Passages.AskAgreeing(random, entity, Traits.Of(entity.Kind));

    public IReadOnlyList<(Example Example, Entity Entity)> Reports { get; } = TextCases(new Texts(world, stories: false));

    public IReadOnlyList<(Example Example, Entity Entity)> Stories { get; } = TextCases(new Texts(world, stories: true));

    public IReadOnlyList<Example> Json { get; } = Repeat(200, random => new JsonExtraction(world).Ask(random, heldOut: true));

    public IReadOnlyList<Example> ToolCalls { get; } = Repeat(200, random => ToolUse.Ask(random, heldOut: true));

    public IReadOnlyList<Example> Sums { get; } = Repeat(300, random => Corpus.Families.Sums.Ask(random, heldOut: true));

    public IReadOnlyList<Example> Tone { get; } =
        Repeat(300, (random, i) => Corpus.Families.Tone.Ask(random, Corpus.Families.Tone.HeldOutThings[i % Corpus.Families.Tone.HeldOutThings.Count], polite: true));

    public IReadOnlyList<Example> Harm { get; } = Repeat(300, (random, _) => Corpus.Families.Harm.Ask(random, random.Pick(new Harm(world).HeldOutEntities.ToList()), harmless: true));

    /// <summary>Some of every family.</summary>
    public IEnumerable<Example> Sample(int each) =>
        ((IEnumerable<Example>[])
        [
            Facts.Select(item => item.Example), Unseen.Select(item => item.Example), Agreeing.Select(item => item.Example), Contradicting.Select(item => item.Example),
            Reports.Select(item => item.Example), Stories.Select(item => item.Example), Json, ToolCalls, Sums, Tone, Harm,
        ]).SelectMany(family => Spread([.. family], each));

    /// <summary>All prompts.</summary>
    public IEnumerable<Example> All => Sample(int.MaxValue);

    private static IEnumerable<Example> Spread(Example[] family, int count) =>
        count >= family.Length ? family : Enumerable.Range(0, count).Select(i => family[i * family.Length / count]);

    private static List<(Example, Entity)> TextCases(Texts texts) =>
        Repeat(texts.HeldOutEntities.Count() * 2, (random, i) => texts.HeldOutEntities.ElementAt(i / 2) is var entity ? (texts.Ask(random, entity), entity) : default);

    private static List<T> Repeat<T>(int count, Func<Random, T> draw) => Repeat(count, (random, _) => draw(random));

    private static List<T> Repeat<T>(int count, Func<Random, int, T> draw)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(i => draw(random, i))];
    }
}
