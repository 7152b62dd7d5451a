using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// For a model that was tuned to write a label where it has written, or is about to write, something unwanted: where the label becomes likely, goes back to where the line began and writes it anew, beginning with another token. The
/// label itself is never written.
/// </summary>
/// <remarks>
/// <para>Source: the backtracking form of vulnerability-constrained decoding (<see cref="LabelGuardOptions"/>). A line begins behind its indentation. The label in the place where a line would begin
/// with it is just forbidden: there is nothing to take back. A line that has been written anew so often that <see cref="MaxBacktracks"/> is reached, or that can begin with one token only, stays as it is.</para>
/// <para>The answer comes line by line. Greedy or drawn: noise belongs to positions, so that a seed gives the same answer, taken back lines included.</para>
/// </remarks>
public sealed record LabelBacktrackOptions : SearchOptions
{
    /// <inheritdoc/>
    public override string Kind => "label-backtrack";

    /// <summary>The labels, as in <see cref="LabelGuardOptions.Labels"/>; at least one, none empty.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>The probability of all labels together, in the model's raw row, from which a line is taken back; above 0, at most 1. Default: 0.5.</summary>
    public double Threshold { get; init; } = LabelGuardOptions.DefaultThreshold;

    /// <summary>Tokens of what is written and taken back as a whole; at least 1. Null (default): lines.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>How often a line is written anew at most; at least 1. Default: 16.</summary>
    public int MaxBacktracks { get; init; } = 16;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Labels.Count > 0 && !Labels.Contains(""), Labels, nameof(Labels), "at least one label, none empty");
        Check(Threshold is > 0 and <= 1, Threshold, nameof(Threshold), "above 0 and at most 1");
        Check(ChunkSize is null or >= 1, ChunkSize, nameof(ChunkSize), "at least 1, or null for lines");
        Check(MaxBacktracks >= 1, MaxBacktracks, nameof(MaxBacktracks), "at least 1");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        return new LabelBacktrack(this, context.Vocabulary);
    }
}

internal sealed class LabelBacktrack(LabelBacktrackOptions options, ITokenVocabulary vocabulary) : ISearch
{
    private readonly LabelTokens _labels = new(vocabulary, options.Labels);

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var refused = new RefusedTokens(options.Kind);
        var state = run.State.Fork(new LabelGuard(options.Kind, _labels, threshold: null), refused);
        for (List<int> piece = []; ;)
        {
            // The row that the piece begins with stays at hand for as long as it may have to begin anew.
            using var start = await run.Branches.ForwardAsync(1, run.Plan.Taps, null, cancellationToken).ConfigureAwait(false);
            refused.Begin();
            FinishKind? finish;
            while (true)
            {
                piece.Clear();
                bool goesBack;
                (goesBack, finish) = await WriteAsync(run, start, state, piece, refused.Count < options.MaxBacktracks, cancellationToken).ConfigureAwait(false);
                if (!goesBack) break;
                state.Rollback(piece.Count);
                refused.Add(piece[0]);
            }

            for (var i = 0; i < piece.Count; i++) yield return new GeneratedToken(piece[i], i == piece.Count - 1 ? finish : null);
            if (finish is not null) yield break;
            run.Branches.Feed([.. piece]);
        }
    }

    /// <summary>Writes a piece, unless a label becomes likely in it.</summary>
    private async ValueTask<(bool GoesBack, FinishKind? Finish)> WriteAsync(SearchRun run, BranchStep start, GenerationState state, List<int> piece, bool mayGoBack, CancellationToken cancellationToken)
    {
        var distribution = new TokenDistribution();
        BranchSet? branches = null;
        var step = start;
        try
        {
            while (true)
            {
                if (piece.Count > 0 && mayGoBack && IsLikely(step, state, distribution)) return (true, null);
                var row = run.Plan.Target.Row(step.Rows(), state, distribution);
                if (piece.Count == 0) mayGoBack &= row.Length - row.Count(float.NegativeInfinity) > 1;
                var token = Sampler.Draw(distribution, state.Noise, state.Position);
                state.Commit(token, distribution);
                piece.Add(token);
                run.Branches.Counter.Tokens++;
                if (run.Limits.Finish(token, state.Generated.Length, branches ?? run.Branches) is { } finish) return (false, finish);
                if (Ends(piece)) return (false, null);
                if (branches is null) branches = run.Branches.Fork();
                else step.Dispose();
                branches.Feed([token]);
                step = await branches.ForwardAsync(1, run.Plan.Taps, null, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (step != start) step.Dispose();
            branches?.Dispose();
        }
    }

    private bool IsLikely(BranchStep step, GenerationState state, TokenDistribution distribution)
    {
        var raw = step.Rows().Main;
        return _labels.Probability(raw, state.Generated, distribution.Scratch.Floats(0, raw.Length)) >= options.Threshold;
    }

    // Indentation is a piece of its own, so that a line begins behind it.
    private bool Ends(List<int> piece)
    {
        if (options.ChunkSize is { } size) return piece.Count == size;
        var text = piece[^1] < vocabulary.Count ? vocabulary.Bytes(piece[^1]) : [];
        return text.Contains((byte)'\n') || (piece.Count == 1 && !text.ContainsAnyExcept(" \t"u8));
    }
}

/// <summary>Tokens that a piece must not begin with. Follows how many tokens the text has.</summary>
internal sealed class RefusedTokens(string name) : IConstraint
{
    private readonly List<int> _tokens = [];
    private int _length;
    private int _start;

    public string Name => name;

    public bool Accepting => true;

    /// <summary>Number of tokens refused.</summary>
    public int Count => _tokens.Count;

    /// <summary>A piece begins here, with anything.</summary>
    public void Begin()
    {
        _tokens.Clear();
        _start = _length;
    }

    /// <summary>The piece does not begin with a token.</summary>
    public void Add(int token) => _tokens.Add(token);

    public void FillMask(Span<ulong> mask)
    {
        if (_length != _start) return;
        foreach (var token in _tokens) TokenMask.Clear(mask, token);
    }

    public bool TryAccept(int token)
    {
        if (_length == _start && _tokens.Contains(token)) return false;
        _length++;
        return true;
    }

    public void Rollback(int tokenCount) => _length -= tokenCount;

    public IConstraint Fork()
    {
        var fork = new RefusedTokens(name) { _length = _length, _start = _start };
        fork._tokens.AddRange(_tokens);
        return fork;
    }
}
