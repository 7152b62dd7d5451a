using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Ranking;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Search;

/// <summary>
/// How often the right one of several answers to a question about a fact is ranked first: by the likelihood that the model gives it, by what the model judges of it, and by the equilibrium of both.
/// </summary>
/// <remarks>
/// The language of these models has no "yes" and no "incorrect". The judge is therefore asked in a form that they know: a passage states the candidate, the question follows in other words, and it is correct as far as the
/// model says the candidate again instead of what it remembers. Nothing is asked for an incorrect answer.
/// </remarks>
internal static class FactRanking
{
    private const int Questions = 300;
    private const int Candidates = 8;

    /// <summary>Measures and prints the shares with their 95 % intervals.</summary>
    /// <returns>One row per set of questions, for a report.</returns>
    public static async Task<List<object>> RunAsync()
    {
        Console.WriteLine($"facts: {Questions} questions, {Candidates} candidates each (chance {100.0 / Candidates:0.0} %); the right one first, with 95 % intervals (Wilson)");
        Console.WriteLine($"{"questions",-36} {"generator",-22} {"judge",-22} {"equilibrium, ER-D",-22} ER-G");
        return
        [
            await MeasureAsync("decant-tiny, by heart", EmbeddedModels.Tiny, ByHeart()),
            await MeasureAsync("decant-tiny, against a passage", EmbeddedModels.Tiny, AgainstPassage()),
            await MeasureAsync("decant-tiny-draft, by heart", EmbeddedModels.Draft, ByHeart()),
        ];
    }

    private static async Task<object> MeasureAsync(string name, string model, List<Case> cases)
    {
        using var client = LocalChatClient.Load(model, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        var (generator, judge, discriminating, generating) = (0, 0, 0, 0);
        foreach (var item in cases)
        {
            ChatMessage[] messages = [new(ChatRole.User, item.Prompt)];
            bool IsRight(string answer) => TextSearch.HasWord(answer, item.Right);
            if (IsRight((await new GeneratorRanking(client, perToken: false).RankAsync(messages, item.Answers))[0].Text)) generator++;
            var options = new EquilibriumOptions { CorrectFrame = "{question}", IncorrectFrame = null, PerToken = false, JudgeFrame = $"Passage: {{answer}}\n\n{item.Question}", Yes = "{answer}", No = null };
            var ranked = await new EquilibriumRanking(client, options).RankAsync(messages, item.Answers);
            if (IsRight(ranked.MaxBy(answer => answer.FirstDiscriminator)!.Text)) judge++;
            if (IsRight(ranked[0].Text)) discriminating++;
            if (IsRight(ranked.MaxBy(answer => answer.Generator)!.Text)) generating++;
        }

        Share Of(int right) => Share.Of(right, cases.Count);
        Console.WriteLine($"{name,-36} {Of(generator),-22} {Of(judge),-22} {Of(discriminating),-22} {Of(generating)}");
        return new { questions = name, n = cases.Count, generator = Of(generator), judge = Of(judge), equilibrium_discriminator = Of(discriminating), equilibrium_generator = Of(generating) };
    }

    // In the wording that training does not have of the fact.
    private static List<Case> ByHeart()
    {
        var facts = new HeldOutCases(TinyWorld.Default).Facts;
        var random = new Random(1);
        return [.. Enumerable.Range(0, Questions).Select(i => facts[i * facts.Count / Questions]).Select(fact => Case.Of(random, fact.Example, fact.Entity, fact.Trait))];
    }

    // Behind a passage that says something else, which the judge does not see; facts that no passage in training tells.
    private static List<Case> AgainstPassage()
    {
        var world = TinyWorld.Default;
        var random = new Random(2);
        return [.. Enumerable.Range(0, Questions).Select(i =>
        {
            var trait = Traits.All[i % Traits.All.Count];
            var entity = random.Pick(world.TextEntities.Where(entity => entity.Kind == trait.Kind && TinyWorld.IsHeldOutFact(entity, trait)).ToList());
            var (example, told, _) = new Passages(world).AskContradicting(random, entity, trait, Traits.Of(trait.Kind));
            return Case.Of(random, example, entity, trait, told);
        })];
    }

    /// <param name="Prompt">What is asked, with a passage if there is one.</param>
    /// <param name="Question">The question in it, in other words.</param>
    /// <param name="Answers">The candidates.</param>
    /// <param name="Right">The value in the right one.</param>
    private sealed record Case(string Prompt, string Question, List<string> Answers, string Right)
    {
        public static Case Of(Random random, Example example, Entity entity, Trait trait, params string[] wrong)
        {
            var world = TinyWorld.Default;
            var (prompt, right) = (example.Turns[^2].Content, entity.Values[trait.Name]);
            var question = prompt[(prompt.LastIndexOf('\n') + 1)..];
            var wording = Enumerable.Range(0, trait.Questions.Count).First(index => trait.Ask(entity, index) == question);
            string[] values = [right, .. wrong, .. random.PickSome(world.Values(trait), Candidates + 1)];
            var answers = values.Distinct().Take(Candidates).Select(value => trait.Answer(entity, value, wording)).ToArray();
            random.Shuffle(answers);
            return new Case(prompt, trait.Ask(entity, (wording + trait.Statements.Count) % trait.Questions.Count), [.. answers], right);
        }
    }
}
