namespace Decant.Decoding;

/// <summary>Copies what followed an earlier occurrence of the text's last tokens, in prompt or answer (prompt lookup decoding, Saxena 2023). Needs no model.</summary>
public sealed record PromptLookupOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "prompt-lookup";

    /// <summary>Most last tokens to look for; 1 … 8. Default: 3.</summary>
    public int MaxNgram { get; init; } = 3;

    /// <summary>Fewest last tokens to look for; 1 … <see cref="MaxNgram"/>. Default: 1.</summary>
    public int MinNgram { get; init; } = 1;

    /// <summary>Most tokens to copy; 1 … 64. Default: 10.</summary>
    public int MaxTokens { get; init; } = 10;

    /// <summary>Which occurrence to copy from. Default: <see cref="MatchPolicy.Longest"/>.</summary>
    public MatchPolicy Match { get; init; } = MatchPolicy.Longest;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(MaxNgram is >= 1 and <= 8, MaxNgram, nameof(MaxNgram), "a number from 1 to 8");
        Check(MinNgram >= 1 && MinNgram <= MaxNgram, MinNgram, nameof(MinNgram), "a number from 1 to MaxNgram");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
        Check(Enum.IsDefined(Match), Match, nameof(Match), "a known policy");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(PromptLookupOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => false;

        public IDraftRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(PromptLookupOptions options) : IDraftRun
    {
        private readonly SuffixAutomaton _text = new();

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            var tokens = round.State.Tokens;
            var written = tokens.Length - round.Tree.Depth(round.Root);
            while (_text.Tokens.Count < written) _text.Add(tokens[_text.Tokens.Count]);
            var match = _text.Repeated;
            foreach (var forced in tokens[written..]) match = _text.Follow(match, forced);
            if (options.Match != MatchPolicy.Longest) match = _text.Shorten(match, options.MaxNgram);
            if (match.Length < options.MinNgram) return ValueTask.CompletedTask;

            var from = (options.Match == MatchPolicy.First ? _text.FirstEnd(match) : _text.LastEnd(match)) + 1;
            var count = Math.Min(Math.Min(options.MaxTokens, _text.Tokens.Count - from), Math.Min(round.MaxDepth, round.MaxNodes));
            var node = round.Root;
            for (var i = 0; i < count; i++)
            {
                node = round.Tree.Add(node, _text.Tokens[from + i], options.Kind);
                if (round.Limits.IsEnd(_text.Tokens[from + i])) break;
            }

            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
