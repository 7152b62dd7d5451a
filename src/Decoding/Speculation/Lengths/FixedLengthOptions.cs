namespace Decant.Decoding;

/// <summary>Always as many tokens.</summary>
public sealed record FixedLengthOptions : LengthOptions, ILengthController, ILengthRun
{
    /// <inheritdoc/>
    public override string Kind => "fixed";

    /// <summary>Most tokens of a path; 1 … 64. Default: 5.</summary>
    public int Tokens { get; init; } = 5;

    int ILengthRun.MaxDepth => Tokens;

    /// <inheritdoc/>
    public override void Validate() => Check(Tokens is >= 1 and <= 64, Tokens, nameof(Tokens), "a number from 1 to 64");

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context) => this;

    ILengthRun ILengthController.Open(DraftSetup setup) => this;
}
