namespace Decant.Decoding;

/// <summary>A drafter, a verifier and a length controller that go together. Immutable and safe for concurrent use.</summary>
public sealed class SpeculationPlan
{
    internal SpeculationPlan(SpeculationOptions options, PlanContext context, ILogitPolicy? contrast)
    {
        Options = options;
        Verifier = (options.Verifier ?? new TokenMatchOptions()).Compile(context);
        Length = options.Length?.Compile(context) ?? OpenLength.Instance;
        Drafter = options.Compile(context);
        var verifier = (options.Verifier ?? new TokenMatchOptions()).Kind;
        if (!Verifier.Supports(Drafter.Law))
            throw new ArgumentException($"speculation: the verifier \"{verifier}\" would be biased with drafts of \"{options.Kind}\" ({Drafter.Law} siblings). Use another, such as \"token-match\", which goes with all.");
        if (Verifier.Guarantee < options.Require)
            throw new ArgumentException($"speculation: the verifier \"{verifier}\" is {Verifier.Guarantee}, but \"{options.Kind}\" requires {options.Require}. Set Require = {nameof(Guarantee)}.{Verifier.Guarantee} to accept that, or use another verifier.");
        if (Length.NeedsDivergence && contrast?.ReportsDivergence != true)
            throw new ArgumentException($"speculation: the length \"{options.Length!.Kind}\" of \"{options.Kind}\" follows a contrast's divergence, but {(contrast is null ? "there is no contrast" : $"\"{context.Options.Contrast!.Kind}\" measures none")}. Use it with \"adaptive-context-aware\" or \"layer-contrast\", or use another length.");
        if (context.Options.Search is { Speculates: false } search)
            throw new ArgumentException($"\"{options.Kind}\" drafts one text, and \"{search.Kind}\" chooses token by token among several: leave out one of them, or use a search that writes whole texts, such as \"best-of\".");
    }

    /// <summary>What was asked for.</summary>
    public SpeculationOptions Options { get; }

    /// <summary>What guesses.</summary>
    public IDrafter Drafter { get; }

    /// <summary>What decides.</summary>
    public IVerifier Verifier { get; }

    /// <summary>How much is drafted.</summary>
    public ILengthController Length { get; }
}
