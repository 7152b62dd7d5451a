namespace Decant.Decoding;

/// <summary>A processor of the application's own: <c>services.Add&lt;ProcessorFactory&gt;("name", context => new MyProcessor())</c>, then named here.</summary>
public sealed record CustomProcessorOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "custom";

    /// <summary>The name under which a <see cref="ProcessorFactory"/> is registered in <see cref="DecodingServices"/>; required.</summary>
    public string Name { get; init; } = "";

    /// <inheritdoc/>
    public override void Validate() => Check(!string.IsNullOrEmpty(Name), Name, nameof(Name), $"the name of a registered {nameof(ProcessorFactory)}");

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => context.Services.Get<ProcessorFactory>(Name, $"{Kind}: {nameof(Name)}")(context) switch
    {
        ILogitProcessor processor => processor,
        IDistributionProcessor processor => processor,
        var other => throw new ArgumentException($"{Kind}: the factory \"{Name}\" made {other?.GetType().Name ?? "null"}, which is neither an {nameof(ILogitProcessor)} nor an {nameof(IDistributionProcessor)}. Implement one of them."),
    };
}
