using Decant.Connectors.Engines;
using Decant.Decoding;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>A CPU sequence's part of a batch.</summary>
internal sealed class ForwardEntry(CpuSequence sequence) : ForwardRequest(sequence)
{
    public CpuSequence Sequence => sequence;

    public CpuForwardResult? Result { get; private set; }

    public override ForwardResult? Outcome => Result;

    protected override void PrepareResult(int rows, int logitsRows)
    {
        Result = sequence.RentResult();
        Result.Prepare(rows, logitsRows, sequence.Length, Input.Taps);
    }

    protected override void DropResult() => Result = null;
}
