using static Decant.Tests.Decoding.Contrast.ContrastRows;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>Every strategy of the slot with what it needs.</summary>
internal static class ContrastKinds
{
    public const string Uniform = "uniform";

    public static ITokenGrounder Grounder { get; } = new UniformGrounder();

    /// <summary>One of each kind that works on rows, away from its defaults; an edit works inside the network, which tables have not.</summary>
    public static IReadOnlyList<ContrastOptions> All { get; } =
        [.. StrategySlot.Of(typeof(ContrastOptions)).Kinds.Select(kind => (ContrastOptions)StrategySamples.Of(kind).Changed).Where(options => options is not ResidualEditOptions)];

    /// <summary>A context in which all of them compile.</summary>
    public static PlanContext ForAll { get; } = Context(services: new DecodingServices().Add<ITokenGrounder>(Uniform, Grounder), documentScores: [1, 0]);

    public static TheoryData<string> Names => [.. All.Select(options => options.Kind)];

    public static ContrastOptions Of(string kind) => All.First(options => options.Kind == kind);

    /// <summary>As many rows as a kind has branches, and two layers.</summary>
    public static BranchRow[] Rows(ContrastOptions options, params float[][] rows)
        => [.. options.Compile(ForAll).Branches.Select((_, i) => new BranchRow(new FixedResult(rows[i % rows.Length], rows[1 % rows.Length], rows[2 % rows.Length]), 0))];

    private sealed class UniformGrounder : ITokenGrounder
    {
        public void Score(ReadOnlySpan<int> prefix, ReadOnlySpan<int> candidates, Span<float> scores) => scores.Fill(0.5f);
    }
}
