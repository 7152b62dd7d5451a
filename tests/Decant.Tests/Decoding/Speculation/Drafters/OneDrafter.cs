namespace Decant.Tests.Decoding.Speculation;

/// <summary>A drafter outside the loop: it is given a text and its draft is looked at.</summary>
internal sealed class OneDrafter : IDisposable
{
    private readonly List<ISequence> _drafts = [];
    private readonly ISequence _target;
    private readonly BranchSet _branches;
    private readonly IDraftRun _run;
    private readonly GenerationState _state;

    public OneDrafter(SpeculationOptions options, int[] prompt, DecodingServices? services = null, TokenRange? documents = null, TableModel? target = null, TableModel? draft = null, int[]? ends = null)
    {
        Plan = DecodingPlan.Compile(new DecodingOptions { Speculation = options }.WithSeed(1), TestVocabulary.Standard.Context with { Services = services ?? new DecodingServices() });
        target ??= TableModel.Random(TestVocabulary.Standard.Count);
        _target = target.OpenSequence();
        foreach (var _ in Plan.Speculation!.Drafter.Models) _drafts.Add((draft ?? target).OpenSequence());
        var request = new GenerationRequest
        {
            Sequence = _target, Prompt = prompt, Plan = Plan, ContextTokens = documents, EndTokens = ends ?? [], Drafts = [.. _drafts.Select(sequence => new BranchSource(prompt, sequence))],
        };
        request.Validate();
        _branches = new BranchSet([new Branch(_target, rides: true, owned: false)], request.Counter);
        _run = Plan.Speculation.Drafter.Open(new DraftSetup(request, _branches));
        _state = Plan.CreateState(prompt);
        var noise = new PositionRoundNoise();
        noise.Open(_state.Noise, _state.Position);
        Round = new DraftRound { State = _state, Tree = new DraftTree(), Length = OpenLength.Instance, Limits = new GenerationLimits(request), Counter = request.Counter, Noise = noise, MaxNodes = 64, MaxDepth = 64 };
    }

    public DecodingPlan Plan { get; }

    public DraftRound Round { get; }

    public IDraftRun Run => _run;

    /// <summary>Drafts behind the text so far.</summary>
    public DraftTree Draft()
    {
        var (nodes, position) = (Round.MaxNodes, _state.Position);
        Round.Tree.Clear();
        _run.ProposeAsync(Round, default).AsTask().GetAwaiter().GetResult();
        _state.Rollback(_state.Position - position);
        Round.MaxNodes = nodes;
        return Round.Tree;
    }

    /// <summary>The draft as runs of tokens from the text's end, one for each node, in the order of nodes.</summary>
    public string[] Paths()
    {
        var tree = Draft();
        return [.. Enumerable.Range(0, tree.Count).Select(node => Path(tree, node))];
    }

    public void Write(params int[] tokens)
    {
        foreach (var token in tokens) _state.Commit(token);
    }

    public void Dispose()
    {
        _run.Dispose();
        _branches.Dispose();
        _target.Dispose();
        foreach (var draft in _drafts) draft.Dispose();
    }

    private static string Path(DraftTree tree, int node) => tree.Parents[node] < 0 ? $"{tree.Tokens[node]}" : $"{Path(tree, tree.Parents[node])} {tree.Tokens[node]}";
}
