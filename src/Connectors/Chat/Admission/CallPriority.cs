namespace Decant.Connectors.Chat;

/// <summary>Whose turn comes first where calls wait for one another.</summary>
public enum CallPriority
{
    /// <summary>After all others: batch work.</summary>
    Low,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Before all others: somebody is waiting.</summary>
    High,
}
