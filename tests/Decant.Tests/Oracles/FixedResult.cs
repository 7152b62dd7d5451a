namespace Decant.Tests;

/// <summary>One logits row, with rows read off earlier layers.</summary>
internal sealed class FixedResult(float[] logits, params float[][] earlyExits) : ForwardResult
{
    public override int RowCount => 1;

    public override int LogitsRowCount => 1;

    public override ReadOnlySpan<float> Logits(int row) => logits;

    public override ReadOnlySpan<float> EarlyExit(int layer, int row) => earlyExits[layer];

    public override ReadOnlySpan<float> Hidden(int layer, int row) => throw new NotSupportedException();

    public override ReadOnlySpan<float> FinalHidden(int row) => throw new NotSupportedException();

    public override ReadOnlySpan<float> Attention(int layer, int row, int head) => throw new NotSupportedException();

    public override ReadOnlySpan<float> Router(int layer, int row) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
    }
}
