using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Connectors.Training;

/// <summary>Rows of one forward: what the model reads, and for the learned tokens where they are predicted and what they are.</summary>
internal sealed class TrainingBatch
{
    private readonly long[] _inputs;
    private readonly int _rows;
    private readonly List<long> _positions = [];
    private readonly List<long> _targets = [];

    /// <exception cref="ArgumentException">An id is outside the vocabulary.</exception>
    public TrainingBatch(IReadOnlyList<PackedRow> rows, int vocabularySize)
    {
        _rows = rows.Count;
        var width = rows[0].Ids.Length - 1;
        _inputs = new long[_rows * width];
        for (var r = 0; r < _rows; r++)
        {
            var (ids, learn) = (rows[r].Ids, rows[r].Learn);
            foreach (var id in ids)
            {
                if ((ulong)id >= (ulong)vocabularySize)
                    throw new ArgumentException($"An example holds the id {id}, but the model has {vocabularySize} tokens. Use the model's own tokenizer.");
            }

            ids.AsSpan(0, width).CopyTo(_inputs.AsSpan(r * width));
            for (var i = 0; i < width; i++)
            {
                if (!learn[i + 1]) continue;
                _positions.Add(r * width + i);
                _targets.Add(ids[i + 1]);
            }
        }
    }

    /// <summary>Tokens that are learned.</summary>
    public int LearnedCount => _targets.Count;

    /// <summary>int64 [rows, row length − 1].</summary>
    public Tensor Inputs(Device device) => tensor(_inputs, [_rows, _inputs.Length / _rows], device: device);

    /// <summary>Which of the inputs, counted through all rows, predict a learned token; int64 [learned].</summary>
    public Tensor LearnedPositions(Device device) => tensor(_positions, device: device);

    /// <summary>The learned tokens; int64 [learned].</summary>
    public Tensor Targets(Device device) => tensor(_targets, device: device);
}
