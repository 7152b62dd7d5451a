using Decant.Connectors.Engines;
using Decant.Decoding;

namespace Decant.Connectors.Torch;

/// <summary>A Torch sequence's part of a batch.</summary>
internal sealed class TorchRequest(TorchSequence sequence) : ForwardRequest(sequence)
{
    public TorchSequence Sequence => sequence;

    public TorchForwardResult? Result { get; private set; }

    public override ForwardResult? Outcome => Result;

    protected override void PrepareResult(int rows, int logitsRows) => Result = new TorchForwardResult(sequence, sequence.Model.Info, rows, logitsRows);

    protected override void DropResult() => Result = null;
}
