namespace Decant.Decoding;

/// <summary>
/// Lossy: a small model with the same vocabulary writes, and where a router finds it unsure the client's model helps (FS-GEN, Zhang et al. 2024). How often that made a difference
/// is in <see cref="RouteCounter.Frequency"/>. Exact only where the client's model decides about every token: with <see cref="CollaborationRouter.Always"/> and
/// <see cref="CollaborationMethod.Oracle"/> or, in fewer forwards, <see cref="CollaborationMethod.Speculative"/>.
/// </summary>
public sealed record CollaborationOptions : RouteOptions
{
    /// <summary>How many of a row's largest probabilities a <see cref="RouteClassifier"/> looks at.</summary>
    public const int Features = 10;

    /// <inheritdoc/>
    public override string Kind => "collaboration";

    /// <summary>The small model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Small { get; init; } = "";

    /// <summary>When the client's model is asked, from the small model's probabilities before temperature and masks. Default: <see cref="CollaborationRouter.MaxProb"/>.</summary>
    public CollaborationRouter Router { get; init; } = CollaborationRouter.MaxProb;

    /// <summary>What <see cref="CollaborationRouter.MaxProb"/> and <see cref="CollaborationRouter.Margin"/> compare with; 0 … 1. Half margins are at most 0.5. Default: 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>The name of a registered <see cref="RouteClassifier"/>; for <see cref="CollaborationRouter.Svm"/>, which needs one.</summary>
    public string? Classifier { get; init; }

    /// <summary>What is made of both rows. Default: <see cref="CollaborationMethod.Oracle"/>.</summary>
    public CollaborationMethod Method { get; init; } = CollaborationMethod.Oracle;

    /// <summary>β of <see cref="CollaborationMethod.Contrastive"/>; 0 … 5. Default: 0.5.</summary>
    public float Beta { get; init; } = 0.5f;

    /// <summary>How likely, relative to the client's model's likeliest token, others must be to it, with <see cref="CollaborationMethod.Contrastive"/>; 0 … 1. Default: 0.1.</summary>
    public float Plausibility { get; init; } = 0.1f;

    /// <summary>α of <see cref="CollaborationMethod.Proxy"/>; 0 … 5. Default: 1.</summary>
    public float Alpha { get; init; } = 1;

    /// <summary>Most tokens that the small model drafts for one forward of the client's, with <see cref="CollaborationMethod.Speculative"/>; 1 … 64. Default: 5.</summary>
    public int Drafts { get; init; } = 5;

    /// <summary>The name of the small model before it was tuned; for <see cref="CollaborationMethod.Proxy"/>, which needs it.</summary>
    public string? Untuned { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Small.Length > 0, Small, nameof(Small), "the name of a model");
        Check(Enum.IsDefined(Router), Router, nameof(Router), "a known router");
        Check(Threshold is >= 0 and <= 1, Threshold, nameof(Threshold), "from 0 to 1");
        Check(Classifier is null == (Router != CollaborationRouter.Svm) && Classifier is not "", Classifier, nameof(Classifier), "the name of a classifier with the router Svm, and null with others");
        Check(Enum.IsDefined(Method), Method, nameof(Method), "a known method");
        Check(Beta is >= 0 and <= 5, Beta, nameof(Beta), "from 0 to 5");
        Check(Plausibility is >= 0 and <= 1, Plausibility, nameof(Plausibility), "from 0 to 1");
        Check(Alpha is >= 0 and <= 5, Alpha, nameof(Alpha), "from 0 to 5");
        Check(Drafts is >= 1 and <= 64, Drafts, nameof(Drafts), "a number from 1 to 64");
        Check(Untuned is null == (Method != CollaborationMethod.Proxy) && Untuned is not "", Untuned, nameof(Untuned), "the name of a model with the method Proxy, and null with others");
    }

    /// <inheritdoc/>
    public override IRoute Compile(PlanContext context)
        => new Route(this, Classifier is null ? null : context.Services.Get<RouteClassifier>(Classifier, $"{Kind}: {nameof(Classifier)}"));

    private sealed class Route(CollaborationOptions options, RouteClassifier? classifier) : IRoute
    {
        public IReadOnlyList<string> Models { get; } = options.Untuned is null ? [options.Small] : [options.Small, options.Untuned];

        public IRouteRun Open(RouteModels models) => new CollaborationRun(options, classifier, models);
    }
}
