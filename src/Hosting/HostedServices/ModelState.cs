namespace Decant.Hosting;

/// <summary>How far a registered model is.</summary>
public enum ModelState
{
    /// <summary>Nobody has asked for it.</summary>
    NotLoaded,

    /// <summary>It is being loaded.</summary>
    Loading,

    /// <summary>It is loaded, and run once before the first call.</summary>
    WarmingUp,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It could not be loaded or run. The next who asks tries again.</summary>
    Failed,
}
