using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>The small model's row, and where the router says so what the client's model makes of it.</summary>
internal sealed class CollaborationRun(CollaborationOptions options, RouteClassifier? classifier, RouteModels models) : IRouteRun
{
    private const int Large = 0;
    private const int Small = 1;
    private const int Untuned = 2;
    private readonly RowUncertainty _uncertainty = new();
    private readonly double[] _top = new double[CollaborationOptions.Features];
    private readonly DraftedRows? _drafted = options.Method == CollaborationMethod.Speculative ? new DraftedRows(models, Small, options.Drafts) : null;
    private float[] _small = [];
    private float[] _large = [];
    private float[] _untuned = [];
    private ulong[] _mask = [];

    public async ValueTask<RouteChoice> NextAsync(GenerationState state, Memory<float> row, CancellationToken cancellationToken)
    {
        if (_drafted?.Has(state) == true) return Drafted(state, row.Span);

        // What was drafted and did not become text.
        models.Forget(state.Position - 1);
        await models.ReadAsync(Small, state, row, cancellationToken).ConfigureAwait(false);
        if (!Asks(row.Span)) return new RouteChoice(models.Name(Small));
        if (_drafted is not null)
        {
            await _drafted.DraftAsync(state, row, cancellationToken).ConfigureAwait(false);
            return Drafted(state, row.Span);
        }

        if (_small.Length != row.Length) (_small, _large, _untuned) = (new float[row.Length], new float[row.Length], new float[row.Length]);
        row.Span.CopyTo(_small);
        await models.ReadAsync(Large, state, _large, cancellationToken).ConfigureAwait(false);
        if (options.Method == CollaborationMethod.Proxy) await models.ReadAsync(Untuned, state, _untuned, cancellationToken).ConfigureAwait(false);
        Combine(state, row.Span);
        return Compare(_small, _large);
    }

    public bool IsRead(GenerationState state) => _drafted?.Has(state) == true;

    private RouteChoice Drafted(GenerationState state, Span<float> row)
    {
        var large = _drafted!.Rows(state, out var small);
        large.CopyTo(row);
        return small.IsEmpty ? new RouteChoice(models.Name(Large)) : Compare(small, large);
    }

    private RouteChoice Compare(ReadOnlySpan<float> small, ReadOnlySpan<float> large)
    {
        var differs = TensorPrimitives.IndexOfMax(small) != TensorPrimitives.IndexOfMax(large);
        if (models.Counter.Examples is { } examples) examples(new RouteExample([.. Top(small)], differs));
        return new RouteChoice(models.Name(Large), differs);
    }

    private bool Asks(ReadOnlySpan<float> small) => options.Router switch
    {
        CollaborationRouter.MaxProb => _uncertainty.Top1(small) < options.Threshold,
        CollaborationRouter.Margin => Top(small) is var top && (top[0] - top[1]) / 2 < options.Threshold,
        CollaborationRouter.Svm => classifier!.Score(Top(small)) > 0,
        CollaborationRouter.Always => true,
        _ => false,
    };

    private ReadOnlySpan<double> Top(ReadOnlySpan<float> row)
    {
        _uncertainty.Top(row, _top);
        return _top;
    }

    private void Combine(GenerationState state, Span<float> row)
    {
        switch (options.Method)
        {
            case CollaborationMethod.Contrastive:
                RowMath.Extrapolate(_small, _large, _small, options.Beta, row);
                if (options.Plausibility > 0) Mask(state, row);
                break;
            case CollaborationMethod.Proxy:
                RowMath.Extrapolate(_large, _small, _untuned, options.Alpha, row);
                break;
            default:
                _large.CopyTo(row);
                break;
        }
    }

    // As with contrasts, constraints hold and plausibility is a preference.
    private void Mask(GenerationState state, Span<float> row)
    {
        var cutoff = TensorPrimitives.Max(_large) + MathF.Log(options.Plausibility);
        if (state.HasConstraints && !AllowsPlausible(state, row, cutoff)) return;
        RowMath.ExcludeBelow(_large, cutoff, row);
    }

    private bool AllowsPlausible(GenerationState state, ReadOnlySpan<float> row, float cutoff)
    {
        if (_mask.Length == 0) _mask = new ulong[TokenMask.Words(row.Length)];
        Array.Fill(_mask, ulong.MaxValue);
        state.FillMask(_mask);
        for (var id = 0; id < row.Length; id++)
        {
            if (_large[id] >= cutoff && row[id] > float.NegativeInfinity && TokenMask.Contains(_mask, id)) return true;
        }

        return false;
    }
}
