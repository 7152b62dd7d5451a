using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>The likeliest tokens of a row, likeliest first. Serves one caller at a time.</summary>
/// <param name="most">Most tokens to list.</param>
internal sealed class CandidateTokens(int most)
{
    // Most of a row is passed over by the largest of so many values.
    private const int Block = 256;

    private readonly int[] _ids = new int[most];
    private readonly float[] _logits = new float[most];
    private readonly float[] _probabilities = new float[most];
    private float[] _weights = [];
    private int _count;

    public ReadOnlyMemory<int> Ids => _ids.AsMemory(0, _count);

    /// <summary>Their logits after processors and masks.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, _count);

    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, _count);

    /// <summary>Lists what a text may go on with: by its row, or, where the likeliest token is always taken, at temperature 1 with nothing cut off.</summary>
    /// <param name="processed">Logits after processors and masks.</param>
    /// <param name="state">The text.</param>
    /// <param name="row">What was made of the logits.</param>
    public void Fill(ReadOnlySpan<float> processed, GenerationState state, TokenDistribution row) => Fill(processed, state.Sampler.IsGreedy ? null : row, most);

    /// <summary>Lists tokens of positive probability.</summary>
    /// <param name="processed">Logits after processors and masks.</param>
    /// <param name="distribution">What was made of them, or null to take their probabilities at temperature 1.</param>
    /// <param name="room">Most tokens to list now; at least one is listed.</param>
    public void Fill(ReadOnlySpan<float> processed, TokenDistribution? distribution, int room)
    {
        var limit = Math.Clamp(room, 1, most);
        _count = 0;
        if (distribution is not null)
        {
            var ids = distribution.Ids;
            var probabilities = distribution.Probabilities;
            for (var start = 0; start < ids.Length; start += Block)
            {
                var end = Math.Min(start + Block, ids.Length);
                if (_count == limit && TensorPrimitives.Max(probabilities[start..end]) < _probabilities[limit - 1]) continue;
                for (var i = start; i < end; i++) Offer(ids[i], processed[ids[i]], probabilities[i], limit);
            }

            return;
        }

        var maximum = TensorPrimitives.Max(processed);
        if (_weights.Length < processed.Length) _weights = GC.AllocateUninitializedArray<float>(processed.Length);
        var sum = RowWeights.Fill(processed, maximum, 1, _weights);
        for (var start = 0; start < processed.Length; start += Block)
        {
            var end = Math.Min(start + Block, processed.Length);
            if (_count == limit && TensorPrimitives.Max(processed[start..end]) <= _logits[limit - 1]) continue;
            for (var id = start; id < end; id++) Offer(id, processed[id], (float)(_weights[id] / sum), limit);
        }
    }

    // Among tokens of equal probability the larger logit counts, as it does in greedy decoding, then the lower id, which comes first.
    private void Offer(int id, float logit, float probability, int limit)
    {
        if (probability <= 0) return;
        var place = _count;
        while (place > 0 && (probability, logit).CompareTo((_probabilities[place - 1], _logits[place - 1])) > 0) place--;
        if (place == limit) return;
        if (_count < limit) _count++;
        for (var i = _count - 1; i > place; i--) (_ids[i], _logits[i], _probabilities[i]) = (_ids[i - 1], _logits[i - 1], _probabilities[i - 1]);
        (_ids[place], _logits[place], _probabilities[place]) = (id, logit, probability);
    }
}
