using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Decodes with a route: as plain decoding does, on rows that one of several models gives.</summary>
internal sealed class RoutedRun
{
    private readonly GenerationRequest _request;
    private readonly GenerationState _state;
    private readonly GenerationLimits _limits;
    private readonly RouteModels _models;
    private readonly IRouteRun _route;
    private readonly TokenDistribution _distribution = new();
    private readonly float[] _row;

    public RoutedRun(GenerationRequest request, GenerationState state, GenerationLimits limits)
    {
        (_request, _state, _limits, _models) = (request, state, limits, new RouteModels(request, limits));
        _route = request.Plan.Route!.Open(_models);
        _row = new float[request.Sequence.Model.Info.VocabularySize];
    }

    public async IAsyncEnumerable<GeneratedToken> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            for (var generated = 1; ; generated++)
            {
                var token = await StepAsync(null, cancellationToken).ConfigureAwait(false);
                var finish = _limits.Finish(token, generated, _models.Room(_state.Position - 1), _route.IsRead(_state) ? null : _request.Counter);
                yield return new GeneratedToken(token, finish);
                if (finish is not null) yield break;
            }
        }
        finally
        {
            // Drafts, and the token that nobody asked to go on from.
            _models.Forget(_state.Position - 1);
        }
    }

    /// <summary>Draws the next token, or takes one that is given, and tells the request's trace.</summary>
    public async ValueTask<int> StepAsync(int? given, CancellationToken cancellationToken)
    {
        var clock = new StepClock(_request);
        var choice = await _route.NextAsync(_state, _row, cancellationToken).ConfigureAwait(false);
        clock.Ran();
        _request.Route.Add(choice);
        return Take(given, choice, clock);
    }

    private int Take(int? given, in RouteChoice choice, StepClock clock)
    {
        var rows = new BranchRows(_row);
        var processed = _request.Plan.Target.Row(rows, _state, _distribution);
        var token = given ?? Sampler.Draw(_distribution, _state.Noise, _state.Position);
        var source = _distribution.Report.IsForced(processed.Length) ? TokenSource.Forced : TokenSource.Target;
        _request.Trace?.Add(clock.Time(new TracedRow(token, source, rows, processed, _distribution, _state) { Model = choice.Model }));
        _state.Commit(token, _distribution);
        return token;
    }
}
