namespace Decant.Tests.Decoding.Route;

/// <summary>Runs routed plans on table models.</summary>
internal sealed class RouteRuns
{
    public static int[] Prompt { get; } = [5, 6, 7, 5, 6];

    public TableModel Large { get; init; } = TableModel.Random(40, order: 3, seed: 5, scale: 5);

    public TableModel Small { get; init; } = TableModel.Random(40, order: 3, seed: 6, scale: 5);

    public TableModel Untuned { get; } = TableModel.Random(40, order: 3, seed: 7, scale: 5);

    public DecodingServices Services { get; } = new();

    public RouteCounter Counter { get; private set; } = new();

    public TraceRecorder Recorder { get; private set; } = null!;

    /// <summary>The tokens of one run.</summary>
    public List<int> Run(RouteOptions? route, int seed = 1, TableModel? target = null, DecodingOptions? options = null, int tokens = 60, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        var plan = DecodingPlan.Compile((options ?? new DecodingOptions()).WithSeed(seed) with { Route = route }, TestVocabulary.Standard.Context with { Services = Services });
        using var sequence = (target ?? Large).OpenSequence();
        using var small = Small.OpenSequence();
        using var untuned = Untuned.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence,
            Prompt = Prompt,
            Plan = plan,
            MaxTokens = tokens,
            Routes = [.. (plan.Route?.Models ?? []).Select((_, i) => new BranchSource(Prompt, i == 0 ? small : untuned))],
            Route = Counter = new RouteCounter { Examples = Counter.Examples },
        };
        request = change?.Invoke(request) ?? request;
        Recorder = new TraceRecorder(request);
        return [.. Generator.GenerateAsync(request with { Trace = Recorder }).ToBlockingEnumerable().Select(token => token.Id)];
    }

    /// <summary>Has examples collected from the next run on.</summary>
    public void Collect(List<RouteExample> examples) => Counter = new RouteCounter { Examples = examples.Add };
}
