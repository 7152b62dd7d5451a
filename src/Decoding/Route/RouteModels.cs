namespace Decant.Decoding;

/// <summary>The models of a routed call. Each reads the text when it is asked, and catches up on what others have written since in chunks.</summary>
public sealed class RouteModels
{
    private readonly GenerationRequest _request;
    private readonly GenerationLimits _limits;
    private readonly ISequence[] _sequences;
    private readonly string[] _names;

    internal RouteModels(GenerationRequest request, GenerationLimits limits)
    {
        (_request, _limits) = (request, limits);
        _sequences = [request.Sequence, .. request.Routes.Select(source => source.Sequence!)];
        _names = [request.Sequence.Model.Info.Name, .. request.Plan.Route!.Models];
    }

    /// <summary>The request's counter of what routes do.</summary>
    public RouteCounter Counter => _request.Route;

    /// <summary>A model's name.</summary>
    /// <param name="model">0 is the target, others follow in the order of <see cref="IRoute.Models"/>.</param>
    public string Name(int model) => _names[model];

    /// <summary>How many more tokens every model has room for behind a text.</summary>
    internal int Room(int length)
    {
        var room = int.MaxValue;
        foreach (var sequence in _sequences) room = Math.Min(room, sequence.Model.Info.ContextLength - length);
        return room;
    }

    /// <summary>How many tokens may be drafted behind a text.</summary>
    internal int DraftRoom(GenerationState state) => Math.Min(Room(state.Position), _request.MaxTokens - state.Generated.Length - 1);

    /// <summary>Whether the call's budget leaves room for so many forwards.</summary>
    internal bool Leaves(int forwards) => !_limits.IsSpent(_request.Counter, forwards);

    /// <summary>Whether a token ends the text.</summary>
    internal bool IsEnd(int token) => _limits.IsEnd(token);

    /// <summary>The token that would follow a text if a row were the next, drawn with the call's noise.</summary>
    internal int Draw(ReadOnlySpan<float> row, GenerationState state, TokenDistribution distribution)
    {
        _request.Plan.Target.Row(new BranchRows(row), state, distribution);
        return Sampler.Draw(distribution, state.Noise, state.Position);
    }

    /// <summary>Has every model forget what it has read behind the first tokens of a text: drafts that did not become text.</summary>
    internal void Forget(int length)
    {
        foreach (var sequence in _sequences)
        {
            if (sequence.Length > length) sequence.Truncate(length);
        }
    }

    /// <summary>Has a model read the text, and writes its raw logits for the token behind it.</summary>
    /// <param name="model">0 is the target. Each may be asked once for a text.</param>
    /// <param name="state">The text.</param>
    /// <param name="row">Receives one logit per vocabulary id.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    public ValueTask ReadAsync(int model, GenerationState state, Memory<float> row, CancellationToken cancellationToken) => ReadAsync(model, state, row, 1, cancellationToken);

    /// <summary>The same for the tokens behind each of the last ones, none of which it has read.</summary>
    /// <param name="model">As above.</param>
    /// <param name="state">The text.</param>
    /// <param name="logits">Receives one logit per vocabulary id, row after row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    internal async ValueTask ReadAsync(int model, GenerationState state, Memory<float> logits, int rows, CancellationToken cancellationToken)
    {
        var (sequence, tokens) = (_sequences[model], state.TokenMemory);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The last forward gives all rows.
            var unread = tokens.Length - sequence.Length;
            var isLast = unread <= Math.Max(_request.PrefillChunk, rows);
            var chunk = tokens.Slice(sequence.Length, isLast ? unread : Math.Min(_request.PrefillChunk, unread - rows));
            using var result = await sequence.ForwardAsync(new ForwardInput(chunk) { Logits = isLast ? LogitsRows.Last : LogitsRows.None, LastRows = rows }, cancellationToken).ConfigureAwait(false);
            if (model == 0) _request.Counter.Target++;
            else _request.Counter.Branches++;
            if (!isLast) continue;
            for (var row = 0; row < rows; row++) result.Logits(row).CopyTo(logits.Span[(row * logits.Length / rows)..]);
            return;
        }
    }
}
