namespace Decant.Connectors.Engines;

/// <summary>Who gives memory up for a sequence that needs it.</summary>
internal enum GiveWay
{
    /// <summary>The less urgent and, of equals, those of later calls.</summary>
    Later,

    /// <summary>Also other sequences of its own call: the call as a whole has no room.</summary>
    Siblings,

    /// <summary>Whoever idles: all have waited for long.</summary>
    All,
}
