namespace Decant.Decoding;

/// <summary>Drafts what followed the text's end in a store of texts: the most frequent continuations, as a tree (REST, He et al. 2023). Needs no model.</summary>
/// <remarks>At most 5000 occurrences are looked at; where there are more, ones evenly spread over them in the order of what follows.</remarks>
public sealed record RetrievalOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "retrieval";

    /// <summary>The name of a <see cref="RetrievalStore"/> among the client's services. Must be given.</summary>
    public string Store { get; init; } = "";

    /// <summary>Most last tokens to look for; 1 … 64. The longest end that the store has with something behind it counts. Default: 16.</summary>
    public int MaxSuffix { get; init; } = 16;

    /// <summary>Fewest last tokens to look for; 1 … <see cref="MaxSuffix"/>. Default: 2.</summary>
    public int MinSuffix { get; init; } = 2;

    /// <summary>Most tokens of a continuation; 1 … 64. Default: 10.</summary>
    public int MaxContinuation { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Store.Length > 0, Store, nameof(Store), "the name of a store");
        Check(MaxSuffix is >= 1 and <= 64, MaxSuffix, nameof(MaxSuffix), "a number from 1 to 64");
        Check(MinSuffix >= 1 && MinSuffix <= MaxSuffix, MinSuffix, nameof(MinSuffix), "a number from 1 to MaxSuffix");
        Check(MaxContinuation is >= 1 and <= 64, MaxContinuation, nameof(MaxContinuation), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this, RetrievalStore.Named(Store, $"{Kind}: {nameof(Store)}", context));

    private sealed class Drafter(RetrievalOptions options, RetrievalStore store) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => true;

        public IDraftRun Open(DraftSetup setup) => new Run(options, store);
    }

    private sealed class Run(RetrievalOptions options, RetrievalStore store) : IDraftRun
    {
        private const int MaxHits = 5000;
        private readonly RankedTree _tree = new();
        private readonly Dictionary<(int Parent, int Token), int> _children = [];
        private readonly int[] _continuation = new int[options.MaxContinuation];

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            var text = round.State.Tokens;
            _tree.Clear();
            _children.Clear();
            for (var length = Math.Min(options.MaxSuffix, text.Length); length >= options.MinSuffix && _tree.Count == 1; length--) Collect(round, text[^length..]);
            _tree.Draft(round, options.Kind, round.MaxNodes);
            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
        }

        private void Collect(DraftRound round, ReadOnlySpan<int> suffix)
        {
            var (first, count) = store.Find(suffix);
            var hits = Math.Min(count, MaxHits);
            var most = Math.Min(options.MaxContinuation, round.MaxDepth);
            for (var i = 0; i < hits; i++)
            {
                var read = store.Read(first + (int)((long)i * count / hits), suffix.Length, _continuation.AsSpan(0, most));
                var node = RankedTree.Root;
                foreach (var token in _continuation.AsSpan(0, read))
                {
                    if (!_children.TryGetValue((node, token), out var child)) _children[(node, token)] = child = _tree.Add(node, token);
                    _tree.Meet(node = child);
                    if (round.Limits.IsEnd(token)) break;
                }
            }
        }
    }
}
