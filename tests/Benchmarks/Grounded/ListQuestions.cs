using Decant.Connectors.Grounding;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Grounded;

/// <summary>
/// Questions with several right answers: a passage names the founders of a company nobody knows, and the question is who founded it. How many founders are found by in-context navigation
/// and by top-k sampling, with as many answers each?
/// </summary>
internal sealed class ListQuestions(IChatClient client, int founders = 4, int answers = 4, int topK = 40)
{
    private static readonly Trait _founder = Traits.Of(EntityKind.Company).Single(trait => trait.Name == "founder");

    /// <summary>Measures some questions.</summary>
    /// <param name="questions">How many.</param>
    /// <param name="seed">Of the questions and the draws.</param>
    /// <returns>For each question, how many different founders either way named.</returns>
    public async Task<List<(int Navigated, int Sampled)>> MeasureAsync(int questions, int seed)
    {
        var random = new Random(seed);
        var found = new List<(int, int)>();
        for (var i = 0; i < questions; i++)
        {
            var (prompt, names) = Ask(random);
            ChatMessage[] messages = [new(ChatRole.User, prompt)];
            // The language has no numbered lists; its speakers say one sentence after the other.
            var navigator = new ContextNavigator(client, new ContextNavigationOptions { Rounds = answers, ListTemplate = "{answer} " });
            var navigated = await navigator.NavigateAsync(messages, new ChatOptions { MaxOutputTokens = 40 });
            var sampled = await Task.WhenAll(Enumerable.Range(0, answers).Select(draw => client.GetResponseAsync(
                messages, new ChatOptions { Temperature = 1, TopK = topK, Seed = ((long)seed << 32) + (i * answers) + draw, MaxOutputTokens = 40 })));
            int Count(IEnumerable<string> texts) => names.Count(name => texts.Any(text => TextSearch.HasWord(text, name)));
            found.Add((Count(navigated.Select(answer => answer.Text)), Count(sampled.Select(answer => answer.Text))));
        }

        return found;
    }

    private (string Prompt, List<string> Names) Ask(Random random)
    {
        var company = TinyWorld.Default.Invent(random, EntityKind.Company, heldOut: true);
        var names = new List<string>();
        while (names.Count < founders)
        {
            var name = TinyWorld.Default.NewName(random, EntityKind.Person, heldOut: true);
            // Names of one stem begin with one token, and a token is what navigation tells answers apart by.
            if (!names.Exists(other => other[..4] == name[..4])) names.Add(name);
        }

        const int question = 0;
        return (Passages.Prompt(names.Select(name => _founder.Answer(company, name, question)), _founder.Ask(company, question)), names);
    }
}
