namespace Decant.Decoding;

/// <summary>
/// Another, smaller model with the same vocabulary writes several drafts at one forward per token for all of them: it reads a weighted mean of their last tokens' embeddings
/// (Shen et al. 2024, superposed decoding). What they begin with alike is verified once.
/// </summary>
/// <remarks>All drafts go on from one row of logits, so their later tokens are worse guesses than a tree's, which costs the drafting model more rows.</remarks>
public sealed record SuperposedOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "superposed";

    /// <summary>The model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Model { get; init; } = "";

    /// <summary>How many drafts; 1 … 10. Default: 3.</summary>
    public int Drafts { get; init; } = 3;

    /// <summary>Most tokens of each; 1 … 64. Default: 4.</summary>
    public int MaxTokens { get; init; } = 4;

    /// <summary>The temperature of the model's probabilities; above 0. Lower ones keep to the best draft. Default: 0.06, the authors' for 3 drafts.</summary>
    public double Temperature { get; init; } = 0.06;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model.Length > 0, Model, nameof(Model), "the name of a model");
        Check(Drafts is >= 1 and <= 10, Drafts, nameof(Drafts), "a number from 1 to 10");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
        Check(Temperature is > 0 and <= 100, Temperature, nameof(Temperature), "above 0 and at most 100");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this, context.Options.Sampling?.IsGreedy == true);

    private sealed class Drafter(SuperposedOptions options, bool greedy) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => options.Drafts > 1;

        public IReadOnlyList<string> Models => [options.Model];

        public IDraftRun Open(DraftSetup setup)
        {
            var model = setup.Drafts[0].Sequence!.Model;
            return model.Info.Capabilities.HasFlag(ModelCapabilities.EmbeddingInput)
                ? new Run(options, new DraftModel(setup.Drafts[0], setup.Request), new SuperposedScoring(3 * options.Drafts, options.Temperature, greedy))
                : throw new NotSupportedException($"\"{options.Kind}\" mixes tokens for the model that drafts, but {model.Info.Name} reads none mixed ({ModelCapabilities.EmbeddingInput}); use \"draft-model\".");
        }
    }

    private sealed class Run(SuperposedOptions options, DraftModel model, SuperposedScoring scoring) : IDraftRun
    {
        private readonly Superposition _drafts = new(model.Sequence.Model, new TargetDistribution(null), scoring, options.Drafts);
        private readonly float[] _embedding = new float[model.Sequence.Model.Info.HiddenSize];
        private ReadOnlyMemory<int> _text;

        public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            _text = round.State.TokenMemory[..^round.Tree.Depth(round.Root)];
            var room = round.Tree.Count + round.MaxNodes;
            _drafts.Begin(round.State.Fork());
            using (var result = await model.ReadAsync(round.State.TokenMemory, round, cancellationToken).ConfigureAwait(false))
            {
                if (result is null) return;
                Grow(round, result);
            }

            for (var depth = 1; depth < Math.Min(options.MaxTokens, round.MaxDepth) && _drafts.Growing.Count > 0; depth++)
            {
                _drafts.Mix(_embedding);
                using var result = await model.ReadEmbeddingAsync(_embedding, round, cancellationToken).ConfigureAwait(false);
                if (result is null) break;
                Grow(round, result);
            }

            foreach (var draft in _drafts.Ranked) round.Add(draft.Tokens, options.Kind, room);
        }

        public void Observe(in RoundOutcome outcome) => _text = outcome.State.TokenMemory;

        // The sequence goes back to its owner, who knows only the text.
        public void Dispose() => model.Keep(_text.Span);

        private void Grow(DraftRound round, ForwardResult result) => _drafts.Grow(new BranchRows(result.Logits(0)), round.Limits);
    }
}
