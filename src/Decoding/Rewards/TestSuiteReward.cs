namespace Decant.Decoding;

/// <summary>The share of unit tests that a program passes. It runs nothing itself: the tests run where you say, which for code that a model wrote should be a sandbox without network and with limits of time and memory.</summary>
/// <remarks>Scores whole texts only. Register it by name (<see cref="NamedRewardOptions"/>) and give that a <see cref="RewardOptions.TimeoutSeconds"/>.</remarks>
/// <param name="run">Runs the tests on code, and says how many passed and how many there were.</param>
/// <param name="fenced">Whether the code is what the answer's first ``` block holds; an answer without one is code as a whole. Default: no.</param>
/// <param name="maxConcurrency">Most programs at once; at least 1. Default: 1.</param>
public sealed class TestSuiteReward(Func<string, CancellationToken, ValueTask<(int Passed, int Total)>> run, bool fenced = false, int maxConcurrency = 1) : IReward
{
    private readonly ConcurrentReward _each = new((_, candidate, token) => ShareAsync(run, fenced ? Code(candidate.Text) : candidate.Text, token), maxConcurrency);

    /// <inheritdoc/>
    public bool ScoresPartial => false;

    /// <inheritdoc/>
    public double Minimum => 0;

    /// <inheritdoc/>
    public double Maximum => 1;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        => _each.ScoreAsync(context, candidates, cancellationToken);

    private static async ValueTask<double> ShareAsync(Func<string, CancellationToken, ValueTask<(int Passed, int Total)>> run, string code, CancellationToken cancellationToken)
    {
        var (passed, total) = await run(code, cancellationToken).ConfigureAwait(false);
        if (total < 1 || passed < 0 || passed > total) throw new InvalidOperationException($"The tests said that {passed} of {total} passed: give how many passed, and how many there were, at least 1.");
        return (double)passed / total;
    }

    /// <summary>What stands between the first line that begins with ``` and the next one that does, or behind it where there is none.</summary>
    private static string Code(string text)
    {
        var lines = text.Split('\n');
        var open = Array.FindIndex(lines, IsFence);
        if (open < 0) return text;
        return string.Join('\n', lines.Skip(open + 1).TakeWhile(line => !IsFence(line)));
    }

    private static bool IsFence(string line) => line.AsSpan().TrimStart().StartsWith("```");
}
