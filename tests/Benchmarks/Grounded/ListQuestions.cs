using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Connectors.Text;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Benchmarks.Grounded;

/// <summary>
/// Questions with several right answers: a passage says of somebody nobody knows that he works as a baker, a poet, a judge and a nurse, and the question is what he does for a living. How many of
/// them are found by in-context navigation and by top-k sampling, with as many answers each?
/// </summary>
/// <remarks>Both ways begin every answer with the words before the value ("X works as a "), so that its first token is the one that decides.</remarks>
/// <param name="client">The model.</param>
/// <param name="values">Right answers to a question.</param>
/// <param name="answers">Answers that either way may give.</param>
/// <param name="topK">Of the sampling, at temperature 1.</param>
internal sealed class ListQuestions(IChatClient client, int values = 4, int answers = 4, int topK = 40)
{
    private const string Mark = "{v}";
    private static readonly string[] _traits = ["job", "craft", "product", "food", "habitat", "base", "taste"];
    private readonly TextTokenizer _tokenizer = client.GetService<TextTokenizer>()!;

    /// <summary>Measures some questions.</summary>
    /// <param name="questions">How many.</param>
    /// <param name="seed">Of the questions and the draws.</param>
    /// <returns>For each question, how many different right answers either way found.</returns>
    public async Task<List<(int Navigated, int Sampled)>> MeasureAsync(int questions, int seed)
    {
        var random = new Random(seed);
        var found = new List<(int, int)>();
        for (var i = 0; i < questions; i++)
        {
            var (prompt, before, right) = Ask(random);
            ChatMessage[] messages = [new(ChatRole.User, prompt)];
            ChatOptions Options() => new() { MaxOutputTokens = 20, RawRepresentationFactory = _ => new LocalGenerationOptions { AnswerPrefix = _tokenizer.Encode(before, addSpecialTokens: false) } };

            // The language has no numbered lists; its speakers say one sentence after the other.
            var navigator = new ContextNavigator(client, new ContextNavigationOptions { Rounds = answers, ListTemplate = "{answer} " + before });
            var navigated = await navigator.NavigateAsync(messages, Options());
            var sampled = await Task.WhenAll(Enumerable.Range(0, answers).Select(draw =>
            {
                var options = Options();
                (options.Temperature, options.TopK, options.Seed) = (1, topK, (1000L * seed) + (i * answers) + draw);
                return client.GetResponseAsync(messages, options);
            }));
            int Count(IEnumerable<string> texts) => right.Count(value => texts.Any(text => TextSearch.HasWord(text, value)));
            found.Add((Count(navigated.Select(answer => answer.Text)), Count(sampled.Select(answer => answer.Text))));
        }

        return found;
    }

    // The first way of saying it ends with the value.
    private (string Prompt, string Before, List<string> Right) Ask(Random random)
    {
        var trait = random.Pick([.. Traits.All.Where(trait => _traits.Contains(trait.Name))]);
        var entity = TinyWorld.Default.Invent(random, trait.Kind, heldOut: true);
        // Navigation tells answers apart by their first tokens.
        var right = random.PickSome(trait.Words, trait.Words.Count).DistinctBy(value => _tokenizer.Encode(value, addSpecialTokens: false)[0]).Take(values).ToList();
        var statement = trait.Answer(entity, Mark, 0);
        return (Passages.Prompt(right.Select(value => trait.Answer(entity, value, 0)), trait.Ask(entity, 0)), statement[..statement.IndexOf(Mark, StringComparison.Ordinal)], right);
    }
}
