using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Training;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Samples.TrainTiny.World;
using Decant.Tests.Connectors.Torch;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Training;

/// <summary>A model that is as often rude as polite learns politeness from its own answers.</summary>
public sealed class TuningTests : IDisposable
{
    private static readonly TrainerOptions _training = new() { Steps = 12, RowLength = 96, BatchRows = 8, LearningRate = 0.0005, WarmUpSteps = 2 };
    private static readonly IReward _politeness = new DelegateReward(text => Tone.Score(text) > 0 ? 1 : 0, scoresPartial: false);
    private readonly string _root = Directory.CreateTempSubdirectory("decant-test-").FullName;

    private string Folder => Path.Combine(_root, "tuned");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [TorchFact]
    public async Task Chosen_samples_raise_the_reward_of_held_out_prompts()
    {
        var options = new RejectionTunerOptions { Training = _training, Samples = 6, MaxTokens = 60, HeldOut = 0.4 };
        var steps = 0;
        var report = await RejectionTuner.TuneAsync(EmbeddedModels.Plain, Folder, Prompts(25), _politeness, options, new Listener(_ => steps++));
        Assert.InRange(report.Before, 0.25, 0.75);
        Assert.True(report.After >= report.Before + 0.2, report.ToString());
        Assert.Equal((90, 12), (report.Sampled, steps));
        Assert.Empty(Directory.EnumerateDirectories(Folder));

        // What was written is the tuned model.
        using var client = LocalChatClient.Load(Folder);
        Assert.NotEmpty((await client.GetResponseAsync("Do you like my lamp?")).Text);
    }

    [TorchFact]
    public async Task Self_imitation_learns_what_constraints_had_to_force()
    {
        var forced = new DecodingOptions { Constraints = [new PatternOptions { Pattern = "(?s)(Of course|With pleasure|Thank you|I am glad).*" }] };
        var options = new SelfImitationOptions { Training = _training with { Steps = 8 }, Samples = 3, MaxTokens = 60, HeldOut = 0.4 };
        var report = await SelfImitation.TuneAsync(EmbeddedModels.Plain, Folder, [.. Prompts(25).Select(prompt => prompt with { Decoding = forced })], _politeness, options);
        Assert.Equal(2, report.Rounds.Count);
        Assert.All(report.Rounds, round => Assert.InRange(round.Kept, 10, 45));
        Assert.True(report.Rounds[0].SampleScore >= report.Before + 0.15, report.ToString());
        Assert.True(report.Rounds[1].HeldOut >= report.Before + 0.2, report.ToString());
    }

    [Fact]
    public void Weights_are_those_of_the_calibrated_reward()
    {
        // C of 1, 2, 2, 5: 1/8, 1/2, 1/2, 7/8.
        double[] c = [0.125, 0.5, 0.5, 0.875];
        foreach (var (transform, beta) in new (Func<double, double>?, double)[] { (null, 0.1), (null, 2), (value => Math.Exp(3 * value), 1), (value => -Math.Exp(-3 * value), 0.5) })
        {
            double[] expected = [.. c.Select(value => Math.Exp((transform?.Invoke(value) ?? value) / beta))];
            var weights = RejectionTuner.Weights([1, 2, 2, 5], new RejectionTunerOptions { Training = _training, Transform = transform, Beta = beta });
            Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First / expected.Sum(), pair.Second, 1e-9));
        }
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_by_name()
    {
        foreach (var options in (RejectionTunerOptions[])[new() { Training = _training, Samples = 1 }, new() { Training = _training, Beta = 0 }, new() { Training = _training, Temperature = 0 }, new() { Training = _training, HeldOut = 0 }, new() { Training = _training, MaxTokens = 0 }])
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RejectionTuner.TuneAsync(EmbeddedModels.Plain, Folder, Prompts(4), _politeness, options));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SelfImitation.TuneAsync(EmbeddedModels.Plain, Folder, Prompts(4), _politeness, new SelfImitationOptions { Training = _training, Iterations = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(() => RejectionTuner.TuneAsync(EmbeddedModels.Plain, AppContext.BaseDirectory, Prompts(4), _politeness, new RejectionTunerOptions { Training = _training }));
        var strict = new SelfImitationOptions { Training = _training, Samples = 1, MaxTokens = 40, CriticThreshold = 2 };
        Assert.Contains("CriticThreshold", (await Assert.ThrowsAsync<InvalidOperationException>(() => SelfImitation.TuneAsync(EmbeddedModels.Plain, Folder, Prompts(4), _politeness, strict))).Message);
    }

    private static List<TuningPrompt> Prompts(int count)
    {
        var random = new Random(3);
        string[] things = [.. Words.Things, .. Words.Places];
        return [.. Enumerable.Range(0, count).Select(i => new TuningPrompt(Tone.Ask(random, things[i % things.Length], polite: true).Turns[0].Content))];
    }

    private sealed class Listener(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
