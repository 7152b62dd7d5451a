namespace Decant.Decoding;

/// <summary>The models of a routed call. Each reads the text when it is asked, and catches up on what others have written since in chunks.</summary>
public sealed class RouteModels
{
    private readonly GenerationRequest _request;
    private readonly ISequence[] _sequences;
    private readonly string[] _names;

    internal RouteModels(GenerationRequest request)
    {
        _request = request;
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

    /// <summary>Has a model read the text, and writes its raw logits for the token behind it.</summary>
    /// <param name="model">0 is the target. Each may be asked once for a text.</param>
    /// <param name="state">The text.</param>
    /// <param name="row">Receives one logit per vocabulary id.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    public async ValueTask ReadAsync(int model, GenerationState state, Memory<float> row, CancellationToken cancellationToken)
    {
        var (sequence, tokens) = (_sequences[model], state.TokenMemory);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = tokens.Slice(sequence.Length, Math.Min(_request.PrefillChunk, tokens.Length - sequence.Length));
            var isLast = sequence.Length + chunk.Length == tokens.Length;
            using var result = await sequence.ForwardAsync(new ForwardInput(chunk) { Logits = isLast ? LogitsRows.Last : LogitsRows.None }, cancellationToken).ConfigureAwait(false);
            if (model == 0) _request.Counter.Target++;
            else _request.Counter.Branches++;
            if (!isLast) continue;
            result.Logits(0).CopyTo(row.Span);
            return;
        }
    }
}
