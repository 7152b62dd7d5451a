using Decant.Tests.Decoding.Speculation;

namespace Decant.Tests.Decoding.Route;

/// <summary>Collaboration in which the large model reads what the small one drafts: beside a slow reference that asks both for every token.</summary>
public class SpeculativeCollaborationTests
{
    private const int Tokens = 60;
    private static readonly CollaborationOptions _speculative = new() { Small = "small", Method = CollaborationMethod.Speculative };
    private static readonly CollaborationOptions _always = _speculative with { Router = CollaborationRouter.Always };

    // Where the models agree often: the small one is the large one with other likeliest tokens here and there.
    private static TableModel Alike() => new(40, (tokens, logits) =>
    {
        TableModel.Random(40, order: 3, seed: 5, scale: 5).Fill(tokens, logits);
        if (tokens[^1] % 4 == 0) logits.Reverse();
    });

    private readonly RouteRuns _runs = new() { Small = Alike() };

    [Theory]
    [InlineData("plain")]
    [InlineData("greedy")]
    [InlineData("processors")]
    [InlineData("constraints")]
    [InlineData("mirostat")]
    public void Asked_for_every_token_it_writes_the_large_models_text(string kind)
    {
        var options = kind switch
        {
            "greedy" => new DecodingOptions { Sampling = new SamplingOptions { Temperature = 0 } },
            "processors" => new DecodingOptions { Processors = [new RepetitionPenaltyOptions { Penalty = 1.5f }, new KgwOptions { Key = "k" }] },
            "constraints" => new DecodingOptions { Constraints = [new MultiplesOptions(3)] },
            "mirostat" => new DecodingOptions { Sampling = new MirostatOptions { Tau = 2 } },
            _ => new DecodingOptions(),
        };
        for (var seed = 1; seed <= 10; seed++)
        {
            Assert.Equal(_runs.Run(null, seed, options: options), _runs.Run(_always with { Drafts = seed }, seed, options: options));
            Assert.Equal(Tokens, _runs.Counter.Models["table"]);
        }

        Assert.Equal((0, 0), (_runs.Large.OpenResults + _runs.Small.OpenResults, _runs.Large.OpenSequences + _runs.Small.OpenSequences));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0.15, 1)]
    [InlineData(0.15, 5)]
    [InlineData(0.2, 3)]
    [InlineData(1, 5)]
    public void Text_and_frequency_are_those_of_the_reference(double threshold, int drafts)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var (text, differing) = Reference(threshold, drafts, seed);
            Assert.Equal(text, _runs.Run(_speculative with { Threshold = threshold, Drafts = drafts }, seed));
            Assert.Equal(differing, _runs.Counter.Differing);
        }
    }

    [Fact]
    public void Options_are_read_by_their_wire_names_and_the_number_of_drafts_counts()
    {
        var options = DecodingOptions.Read("""{"route":{"kind":"collaboration","small":"small","method":"speculative","threshold":0.2,"drafts":1}}""");
        Assert.Equal(_speculative with { Threshold = 0.2, Drafts = 1 }, options.Route);
        Assert.NotEqual(_runs.Run(_speculative with { Threshold = 0.2 }), _runs.Run(options.Route));
    }

    [Fact]
    public void The_large_model_runs_once_for_a_run_of_tokens_and_reads_prompts_in_chunks()
    {
        foreach (var chunk in (int[])[1, 2, 256])
        {
            GenerationRequest? request = null;
            var before = _runs.Large.ForwardCount;
            var text = _runs.Run(_always, change: each => request = each with { PrefillChunk = chunk });
            Assert.Equal(_runs.Large.ForwardCount - before, request!.Counter.Target);
            Assert.InRange(request.Counter.Target, Tokens / 6, Tokens / 2);
            Assert.Equal([.. request.Prompt.Span, .. text[..^1]], ((TableSequence)request.Sequence).Ids);
            }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stopped_at_any_forward_both_models_hold_a_beginning_of_the_text(bool breaks)
    {
        var expected = _runs.Run(null);
        int[] known = [.. RouteRuns.Prompt, .. expected];
        for (var stop = 1; stop < 40; stop++)
        {
            using var large = _runs.Large.OpenSequence();
            using var small = _runs.Small.OpenSequence();
            using var cancellation = new CancellationTokenSource();
            var (forwards, taken) = (0, new List<int>());
            _runs.Large.BeforeForward = _runs.Small.BeforeForward = _ => !breaks && ++forwards == stop ? cancellation.CancelAsync() : Task.CompletedTask;
            var plan = DecodingPlan.Compile(new DecodingOptions { Route = _always }.WithSeed(1), TestVocabulary.Standard.Context);
            var request = new GenerationRequest { Sequence = large, Prompt = RouteRuns.Prompt, Plan = plan, MaxTokens = Tokens, Routes = [new BranchSource(RouteRuns.Prompt, small)] };
            var error = Record.Exception(() =>
            {
                foreach (var token in Generator.GenerateAsync(request, cancellation.Token).ToBlockingEnumerable())
                {
                    taken.Add(token.Id);
                    if (breaks && taken.Count == stop) break;
                }
            });
            Assert.Equal(!breaks, error is OperationCanceledException);
            Assert.Equal(expected[..taken.Count], taken);
            foreach (var sequence in (ISequence[])[large, small])
            {
                Assert.InRange(sequence.Length, 0, RouteRuns.Prompt.Length + Math.Max(0, taken.Count - 1));
                Assert.Equal(known[..sequence.Length], ((TableSequence)sequence).Ids);
            }
        }
    }

    [Fact]
    public void A_budget_ends_it_as_it_ends_plain_decoding_and_limits_what_is_drafted()
    {
        var plain = _runs.Run(null);
        for (var most = 2; most < 40; most++)
        {
            GenerationRequest? request = null;
            var text = _runs.Run(_always, options: new DecodingOptions { Budget = new BudgetOptions { MaxForwards = most } }, change: each => request = each);
            Assert.Equal(plain[..text.Count], text);

            // A token that both models are asked about takes two forwards, of which the budget may have one left.
            Assert.InRange(request!.Counter.Total, text.Count == Tokens ? 0 : most, most + 1);
        }
    }

    [Fact]
    public void A_draft_that_constraints_leave_nothing_behind_is_as_long_as_it_is()
    {
        // Behind a multiple of 5 nothing is allowed: the small model writes one at once, the large one never does.
        var runs = new RouteRuns { Large = Only(7), Small = Only(5) };
        var options = new DecodingOptions { Constraints = [new FollowOptions(5, 3, Certain: true), new FollowOptions(5, 4, Certain: true)] };
        Assert.Equal(Enumerable.Repeat(7, Tokens), runs.Run(_always, options: options));
    }

    private static TableModel Only(int token) => new(40, (_, logits) =>
    {
        logits.Clear();
        logits[token] = 50;
    });

    private (List<int> Text, int Differing) Reference(double threshold, int drafts, int seed)
    {
        var plan = DecodingPlan.Compile(new DecodingOptions().WithSeed(seed));
        var state = plan.CreateState(RouteRuns.Prompt);
        var distribution = new TokenDistribution();
        var differing = 0;
        (int Drawn, float[] Row) Ask(TableModel model)
        {
            var row = new float[40];
            model.Fill(state.Tokens, row);
            plan.Target.Row(new BranchRows(row), state, distribution);
            return (Sampler.Draw(distribution, state.Noise, state.Position), row);
        }

        while (state.Generated.Length < Tokens)
        {
            var (drawn, row) = Ask(_runs.Small);
            if (1 / row.Sum(logit => Math.Exp(logit - row.Max())) >= threshold)
            {
                state.Commit(drawn);
                continue;
            }

            // Both are asked as long as the small model would have written the same.
            var room = Math.Min(drafts, Tokens - state.Generated.Length - 1);
            for (var i = 0; i <= room; i++)
            {
                var (drafted, small) = Ask(_runs.Small);
                var (token, large) = Ask(_runs.Large);
                if (i < Math.Max(1, room) && Array.IndexOf(small, small.Max()) != Array.IndexOf(large, large.Max())) differing++;
                state.Commit(token);
                if (token != drafted) break;
            }
        }

        return ([.. state.Generated], differing);
    }
}
