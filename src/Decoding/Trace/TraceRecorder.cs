using System.Text;

namespace Decant.Decoding;

/// <summary>Makes the <see cref="DecodingTrace"/> of one generation: give it as the request's <see cref="GenerationRequest.Trace"/>.</summary>
/// <remarks>Serves one generation. It keeps a few hundred bytes for every token and listed alternative, and no rows.</remarks>
public sealed class TraceRecorder : ITraceSink
{
    /// <summary>How many of the likeliest tokens a stage lists unless told otherwise.</summary>
    public const int DefaultTop = 5;

    private readonly GenerationRequest _request;
    private readonly ITokenVocabulary? _vocabulary;
    private readonly StageReader _reader;
    private readonly string[] _branches;
    private readonly List<TracedToken> _tokens = [];
    private long? _seed;

    /// <summary>Creates a recorder.</summary>
    /// <param name="request">What will be generated.</param>
    /// <param name="vocabulary">Where token texts come from. Null: the trace has ids only.</param>
    /// <param name="top">How many of the likeliest tokens to list at every stage; 0 … 100.</param>
    public TraceRecorder(GenerationRequest request, ITokenVocabulary? vocabulary = null, int top = DefaultTop)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(top, 100);
        (_request, _vocabulary) = (request, vocabulary);
        _reader = new StageReader(request.Plan, top, vocabulary);
        _branches = [.. request.Plan.Contrast?.Branches.Select(branch => branch.Name) ?? []];
    }

    /// <summary>The tokens so far.</summary>
    public IReadOnlyList<TracedToken> Tokens => _tokens;

    /// <inheritdoc/>
    public void Add(in TracedRow row)
    {
        _seed = row.State.Noise.Seed;
        var report = row.Distribution.Report;
        _tokens.Add(new TracedToken
        {
            Id = row.Token,
            Text = _reader.Text(row.Token),
            Position = row.State.Position,
            Source = row.Source,
            Drafter = row.Drafter,
            Model = row.Model,
            Result = row.Result,
            Score = row.Score,
            Stages = [.. _reader.All(row)],
            Branches = Branches(row),
            Weight = report.Weight,
            Weights = row.State.PromptWeights is { } weights ? [.. weights.At(row.State.Position)] : null,
            Divergence = report.Divergence,
            Layer = report.Layer,
            RefusedCount = report.RefusedCount,
            ImplausibleCount = report.ImplausibleCount,
            MaskedMass = report.RefusedCount + report.ImplausibleCount > 0 ? _reader.MaskedMass(row.Rows.Main, row.Processed) : 0,
            Settled = report.Settled,
            ForwardMicroseconds = row.ForwardTime.TotalMicroseconds,
            RowMicroseconds = row.RowTime.TotalMicroseconds,
        });
    }

    /// <summary>Forgets all but the first <paramref name="count"/> tokens: a round of speculation may have given more than its caller took.</summary>
    public void Keep(int count)
    {
        if (count < _tokens.Count) _tokens.RemoveRange(count, _tokens.Count - count);
    }

    /// <summary>The trace of what has been generated so far.</summary>
    /// <param name="finish">Why it ended, or null where the caller stopped it.</param>
    public DecodingTrace ToTrace(FinishKind? finish = null) => new()
    {
        Model = _request.Sequence.Model.Info.Name,
        Options = _request.Plan.Options,
        Seed = _seed ?? _request.Plan.Options.Sampling?.Seed ?? 0,
        PromptLength = _request.Cached.Length + _request.Prompt.Length,
        Finish = finish,
        TargetForwards = _request.Counter.Target,
        BranchForwards = _request.Counter.Branches,
        Text = _vocabulary is null ? null : Text(_vocabulary),
        Tokens = [.. _tokens],
    };

    private ValueList<TracedBranch> Branches(in TracedRow row)
    {
        if (_branches.Length == 0) return [];
        var branches = new TracedBranch[row.Rows.Count];
        for (var i = 0; i < branches.Length; i++) branches[i] = new TracedBranch(_branches[i], _reader.LogProbability(row.Rows[i], row.Token));
        return [.. branches];
    }

    private string Text(ITokenVocabulary vocabulary)
    {
        var bytes = new List<byte>();
        foreach (var token in _tokens)
        {
            if (token.Id < vocabulary.Count && !vocabulary.IsSpecial(token.Id)) bytes.AddRange(vocabulary.Bytes(token.Id));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
