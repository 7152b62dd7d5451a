namespace Decant.Connectors.Training;

/// <summary>How far a student's next-token distribution q is from a teacher's p.</summary>
public enum Divergence
{
    /// <summary>KL(p‖q) = Σ p · ln(p/q): q must cover all that p allows.</summary>
    ForwardKl,

    /// <summary>KL(q‖p): q must stay within what p allows.</summary>
    ReverseKl,

    /// <summary>β·KL(p‖m) + (1 − β)·KL(q‖m) with m = β·p + (1 − β)·q.</summary>
    JensenShannon,

    /// <summary>½ Σ |p − q|: one minus the rate at which speculative sampling accepts q's tokens.</summary>
    TotalVariation,
}
