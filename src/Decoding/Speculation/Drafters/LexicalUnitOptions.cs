namespace Decant.Decoding;

/// <summary>
/// The model itself drafts: behind the text it reads placeholders, and what it predicts at each is drafted while it is sure (lexical unit decoding, Sun et al. 2024). Each round costs a forward of
/// the model more; what is drafted is verified, so the text is exact.
/// </summary>
/// <remarks>
/// Pays only with models that were tuned to predict across placeholders. Any other is right about the first token only, which saves nothing: a round of two forwards then gives two tokens at
/// most.
/// </remarks>
public sealed record LexicalUnitOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "lexical-unit";

    /// <summary>How many tokens are predicted at once: one behind the text and one behind each placeholder; 1 … 16. Default: 4.</summary>
    public int Window { get; init; } = 4;

    /// <summary>The probability from which a prediction is drafted; the first one always is. 0 … 1. Default: 0.9.</summary>
    public double Beta { get; init; } = 0.9;

    /// <summary>The id of the token that the model was tuned to read as a placeholder. Must be given.</summary>
    public int? PadId { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Window is >= 1 and <= 16, Window, nameof(Window), "a number from 1 to 16");
        Check(Beta is >= 0 and <= 1, Beta, nameof(Beta), "a number from 0 to 1");
        Check(PadId >= 0, PadId, nameof(PadId), "the id of a token");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        TargetFork.Check(Kind, context.Model);
        return PadId < context.Model.VocabularySize
            ? new Drafter(this)
            : throw new ArgumentException($"{Kind}: {nameof(PadId)} is {PadId}, but the model {context.Model.Name} has {context.Model.VocabularySize} tokens.");
    }

    private sealed class Drafter(LexicalUnitOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => false;

        public IDraftRun Open(DraftSetup setup) => new Run(options, setup);
    }

    private sealed class Run(LexicalUnitOptions options, DraftSetup setup) : IDraftRun
    {
        private static readonly TargetDistribution _alone = new(null);
        private readonly TokenDistribution _prediction = new();
        private int[] _input = [];

        public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            if (!round.MayRun) return;
            var most = Math.Min(options.Window, Math.Min(round.MaxDepth, round.MaxNodes));
            using var fork = setup.Branches.Target.Fork();
            var count = Fill(round.State.Tokens[fork.Length..], most - 1);
            cancellationToken.ThrowIfCancellationRequested();
            var input = new ForwardInput(_input.AsMemory(0, count)) { LastRows = most, Edits = setup.Edits };
            using var result = await fork.ForwardAsync(input, cancellationToken).ConfigureAwait(false);
            round.Counter.Drafts++;
            Draft(round, result, most);
        }

        public void Dispose()
        {
        }

        private int Fill(ReadOnlySpan<int> unread, int placeholders)
        {
            if (_input.Length < unread.Length + placeholders) _input = new int[unread.Length + placeholders];
            unread.CopyTo(_input);
            _input.AsSpan(unread.Length, placeholders).Fill(options.PadId!.Value);
            return unread.Length + placeholders;
        }

        private void Draft(DraftRound round, ForwardResult result, int most)
        {
            var node = round.Root;
            for (var i = 0; i < most; i++)
            {
                if (!_alone.TryRow(new BranchRows(result.Logits(i)), round.State, _prediction, out _)) return;
                var token = Likeliest();
                if (i > 0 && _prediction.ProbabilityOf(token) < options.Beta) return;
                node = round.Tree.Add(node, token, options.Kind);
                if (round.Limits.IsEnd(token)) return;
                round.State.Commit(token, _prediction);
            }
        }

        private int Likeliest()
        {
            var probabilities = _prediction.Probabilities;
            var best = 0;
            for (var i = 1; i < probabilities.Length; i++)
            {
                if (probabilities[i] > probabilities[best]) best = i;
            }

            return _prediction.Ids[best];
        }
    }
}
