namespace Decant.Decoding;

/// <summary>Leaves the length to the drafter.</summary>
internal sealed class OpenLength : ILengthController, ILengthRun
{
    public static readonly OpenLength Instance = new();

    public int MaxDepth => int.MaxValue;

    public ILengthRun Open(DraftSetup setup) => this;
}
