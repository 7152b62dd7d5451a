namespace Decant.Decoding;

/// <summary>Copies from the documents of the call: what follows in them where they have the text's last tokens. Needs no model, and a call with documents.</summary>
/// <remarks><see cref="PromptLookupOptions"/> looks at the whole prompt and at the answer; this one never copies questions, instructions or the answer's own words.</remarks>
public sealed record PassageOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "passages";

    /// <summary>Fewest last tokens that a document must have; 1 … 16. The longest end that occurs counts. Default: 2.</summary>
    public int MinNgram { get; init; } = 2;

    /// <summary>Most tokens to copy; 1 … 64. Default: 10.</summary>
    public int MaxTokens { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(MinNgram is >= 1 and <= 16, MinNgram, nameof(MinNgram), "a number from 1 to 16");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(PassageOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => false;

        public bool NeedsContext => true;

        public IDraftRun Open(DraftSetup setup) => new Run(options, setup.Request.ContextTokens!.Value);
    }

    private sealed class Run(PassageOptions options, TokenRange documents) : IDraftRun
    {
        private readonly SuffixAutomaton _documents = new();
        private SuffixAutomaton.Match _match;
        private int _read;

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            var tokens = round.State.Tokens;
            if (_documents.Tokens.Count == 0) Index(tokens);
            var written = tokens.Length - round.Tree.Depth(round.Root);
            for (; _read < written; _read++) _match = _documents.Follow(_match, tokens[_read]);
            var match = _match;
            foreach (var forced in tokens[written..]) match = _documents.Follow(match, forced);

            // An end of the documents has nothing behind it; a shorter one may occur before.
            while (match.Length >= options.MinNgram && _documents.FirstEnd(match) + 1 == _documents.Tokens.Count) match = _documents.Shorter(match);
            if (match.Length < options.MinNgram) return ValueTask.CompletedTask;
            round.Add(_documents.Behind(_documents.LastEnd(match) + 1, options.MaxTokens), options.Kind, round.Tree.Count + round.MaxNodes);
            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
        }

        private void Index(ReadOnlySpan<int> tokens)
        {
            foreach (var token in tokens[documents.Start..documents.End]) _documents.Add(token);
            _read = documents.End;
        }
    }
}
