namespace Decant.Connectors.Engines;

/// <summary>Keeps sequences that no call needs, and gives them up where calls need their memory.</summary>
internal interface IKvCache
{
    /// <summary>Gives up what was used longest ago. False where nothing is left.</summary>
    bool TryEvict();
}
