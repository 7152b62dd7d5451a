namespace Decant.Tests.Decoding.Speculation.Auto;

/// <summary>Calls of one client on a clock that only forwards move.</summary>
internal sealed class SimulatedCalls
{
    private const int Vocabulary = 200;
    private readonly DecodingServices _services = new();
    private readonly ManualTime _time = new();
    private int _unread;
    private TableModel Target { get; }
    private TableModel Draft { get; }

    public SimulatedCalls()
    {
        var table = TableModel.Random(Vocabulary, order: 3, scale: 6);
        Target = new TableModel(Vocabulary, (tokens, logits) =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(RowCost));
            table.Fill(tokens, logits);
            logits[0] = -100;
        }) { BeforeForward = _ => Advance(100 - RowCost + RowCost * Interlocked.Exchange(ref _unread, 0)) };
        Draft = new TableModel(Vocabulary, (tokens, logits) =>
        {
            table.Fill(tokens, logits);
            logits[0] = IsRight(tokens.Length) ? -100 : 100;
        }) { BeforeForward = _ => Advance(DraftCost) };
    }

    /// <summary>What all calls go on from.</summary>
    public int[] Prompt { get; set; } = [1, 2, 3, 1, 2];

    /// <summary>Milliseconds of each row of a forward of the target, which takes 100 with one.</summary>
    public double RowCost { get; set; } = 3;

    /// <summary>Milliseconds of a forward of the model that drafts.</summary>
    public double DraftCost { get; set; } = 20;

    /// <summary>Whether that model knows the token behind so many; elsewhere it says one that the target never writes.</summary>
    public Func<int, bool> IsRight { get; set; } = _ => true;

    /// <summary>What each drafter has done in all calls.</summary>
    public SpeculationCounter Counter { get; private set; } = new();

    /// <summary>Milliseconds of a call.</summary>
    public double Run(SpeculationOptions? speculation, int seed = 1, int tokens = 200, DecodingOptions? options = null)
    {
        var plan = DecodingPlan.Compile((options ?? new DecodingOptions()).WithSeed(seed) with { Speculation = speculation }, TestVocabulary.Standard.Context with { Services = _services });
        using var sequence = Target.OpenSequence();
        var drafts = (plan.Speculation?.Drafter.Models ?? []).Select(_ => new BranchSource(Prompt, Draft.OpenSequence())).ToList();
        var start = _time.GetTimestamp();

        // The model tells of rows with logits only, and the prompt's others run with the first of them.
        _unread = Prompt.Length - 1;
        var request = new GenerationRequest { Sequence = sequence, Prompt = Prompt, Plan = plan, MaxTokens = tokens, Drafts = drafts, TimeProvider = _time, Speculation = Counter = new SpeculationCounter() };
        Text = [.. Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => token.Id)];
        var elapsed = _time.GetElapsedTime(start).TotalMilliseconds;
        foreach (var draft in drafts) draft.Sequence!.Dispose();
        return elapsed;
    }

    /// <summary>The last call's tokens.</summary>
    public int[] Text { get; private set; } = [];

    private Task Advance(double milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return Task.CompletedTask;
    }
}
