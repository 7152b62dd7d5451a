namespace Decant.Decoding;

/// <summary>Decides how long drafts are. Immutable and safe for concurrent use; a call's state is in its <see cref="ILengthRun"/>.</summary>
public interface ILengthController
{
    /// <summary>Begins a call.</summary>
    /// <param name="setup">The call, with the models that draft and the one that verifies.</param>
    ILengthRun Open(DraftSetup setup);
}
