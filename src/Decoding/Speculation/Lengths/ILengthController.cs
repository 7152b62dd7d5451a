namespace Decant.Decoding;

/// <summary>Decides how long drafts are. Immutable and safe for concurrent use; a call's state is in its <see cref="ILengthRun"/>.</summary>
public interface ILengthController
{
    /// <summary>Whether it reads <see cref="RowReport.Divergence"/>: a plan then needs a contrast that reports it.</summary>
    bool NeedsDivergence => false;

    /// <summary>Begins a call.</summary>
    /// <param name="setup">The call, with the models that draft and the one that verifies.</param>
    ILengthRun Open(DraftSetup setup);
}
