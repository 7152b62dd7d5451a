namespace Decant.Hosting;

/// <summary>When a registered model is loaded.</summary>
public enum ModelWarmup
{
    /// <summary>When it is first asked for, which then takes as long as the load.</summary>
    WhenFirstAsked,

    /// <summary>When the host starts, in the background; and it is run once, so that the first call finds everything in memory. A load that fails is logged, and tried again by the first call.</summary>
    AtStart,
}
