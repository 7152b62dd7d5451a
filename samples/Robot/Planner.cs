using Decant.Connectors.Chat;
using Decant.Connectors.Text;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Grammar;
using Decant.Samples.TrainTiny.World;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Robot;

/// <summary>Asks the model what to do next; grounded, it can only name what the robot can reach.</summary>
internal sealed class Planner(LocalChatClient client, float temperature)
{
    private const string Grounder = "reach";

    // Enough to have every word of the language among them.
    private static readonly GroundingOptions _grounding = new() { Grounders = [Grounder], Candidates = 1000 };
    private readonly DecodingServices _services = client.GetService<DecodingServices>()!;
    private readonly TextTokenizer _tokenizer = client.GetService<TextTokenizer>()!;

    /// <summary>The plan for a chore, up to the first step that goes wrong.</summary>
    /// <param name="chore">What is to be done.</param>
    /// <param name="grounded">Whether the world has a say.</param>
    /// <param name="seed">Of the draws; the same for both ways of planning makes them comparable.</param>
    public async Task<List<Step>> PlanAsync(Chore chore, bool grounded, int seed)
    {
        var steps = new List<Step>();
        foreach (var trait in Chore.Asked)
        {
            steps.Add(await AskAsync(chore, trait, grounded, seed));
            if (!steps[^1].IsRight) break;
        }

        return steps;
    }

    /// <summary>Whether a plan does what it is for.</summary>
    public static bool Succeeds(List<Step> plan) => plan.Count == Chore.Asked.Count && plan.All(step => step.IsRight);

    private async Task<Step> AskAsync(Chore chore, Trait trait, bool grounded, int seed)
    {
        const int question = 0;
        var options = new ChatOptions { Temperature = temperature, Seed = seed, MaxOutputTokens = 40 };
        if (grounded)
        {
            // Every answer the language has, word for word; possible are those that name what the robot can reach.
            var answers = trait.Words.Select(word => KeyValuePair.Create(trait.Answer(chore.Animal, word, question), chore.World.Steps.ContainsKey(word) ? 1.0 : 0));
            _services.Add<ITokenGrounder>(Grounder, new PhraseGrounder(_tokenizer, answers));
            options.WithDecoding(d => d.Contrast(_grounding));
        }

        var asked = trait.Ask(chore.Animal, question);
        var said = (await client.GetResponseAsync(asked, options)).Text;
        var goal = trait.Words.FirstOrDefault(word => TextSearch.HasWord(said, word));
        var reachable = goal is not null && chore.World.Steps.ContainsKey(goal);
        return new Step(asked, said, goal, reachable ? chore.World.Steps[goal!] : null, reachable && goal == chore.Animal.Values[trait.Name]);
    }
}
