namespace Decant.Decoding;

/// <summary>Makes a processor of the application's own when a plan that names it is compiled; every request gets a fork of it.</summary>
/// <param name="context">The model, its vocabulary and the call's options.</param>
/// <returns>An <see cref="ILogitProcessor"/> or an <see cref="IDistributionProcessor"/>, before its first generated token.</returns>
public delegate IRowProcessor ProcessorFactory(PlanContext context);
