namespace Decant.Decoding;

/// <summary>Copies what followed an earlier occurrence of the text's last tokens, in prompt or answer (prompt lookup decoding, Saxena 2023). Needs no model.</summary>
public sealed record PromptLookupOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "prompt-lookup";

    /// <summary>Most last tokens to look for; 1 … 8. <see cref="MatchPolicy.Longest"/> looks for as many as there are. Default: 3.</summary>
    public int MaxNgram { get; init; } = 3;

    /// <summary>Fewest last tokens to look for; 1 … <see cref="MaxNgram"/>. Default: 1.</summary>
    public int MinNgram { get; init; } = 1;

    /// <summary>Most tokens to copy; 1 … 64. Default: 10.</summary>
    public int MaxTokens { get; init; } = 10;

    /// <summary>Which occurrence to copy from. Default: <see cref="MatchPolicy.Longest"/>.</summary>
    public MatchPolicy Match { get; init; } = MatchPolicy.Longest;

    /// <summary>
    /// How many occurrences to copy from at once, each a branch of the draft: those of the longest end first, then those of shorter ends. More are right more often and cost more
    /// rows of the verifying forward. 1 … 8. Default: 1.
    /// </summary>
    public int Candidates { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(MaxNgram is >= 1 and <= 8, MaxNgram, nameof(MaxNgram), "a number from 1 to 8");
        Check(MinNgram >= 1 && MinNgram <= MaxNgram, MinNgram, nameof(MinNgram), "a number from 1 to MaxNgram");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
        Check(Candidates is >= 1 and <= 8, Candidates, nameof(Candidates), "a number from 1 to 8");
        Check(Enum.IsDefined(Match), Match, nameof(Match), "a known policy");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(PromptLookupOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => options.Candidates > 1;

        public IDraftRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(PromptLookupOptions options) : IDraftRun
    {
        private readonly SuffixAutomaton _text = new();

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            var room = round.Tree.Count + round.MaxNodes;
            var tokens = round.State.Tokens;
            var written = tokens.Length - round.Tree.Depth(round.Root);
            while (_text.Tokens.Count < written) _text.Add(tokens[_text.Tokens.Count]);
            var match = _text.Repeated;
            foreach (var forced in tokens[written..]) match = _text.Follow(match, forced);
            if (options.Match != MatchPolicy.Longest) match = _text.Shorten(match, options.MaxNgram);
            for (var copied = 0; copied < options.Candidates && match.Length >= options.MinNgram; match = _text.Shorter(match))
            {
                var (first, last) = (_text.FirstEnd(match) + 1, _text.LastEnd(match) + 1);
                if (options.Match != MatchPolicy.First) (first, last) = (last, first);
                if (round.Add(_text.Behind(first, options.MaxTokens), options.Kind, room)) copied++;
                if (copied < options.Candidates && round.Add(_text.Behind(last, options.MaxTokens), options.Kind, room)) copied++;
            }

            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
