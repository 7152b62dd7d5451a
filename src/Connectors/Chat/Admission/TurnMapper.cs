using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Reads what a call says of its turn.</summary>
internal static class TurnMapper
{
    private const string Priority = "priority";
    private const string Caller = "caller";
    private const string Deadline = "deadline_seconds";

    /// <summary>The additional properties it reads.</summary>
    public static IReadOnlyList<string> Keys { get; } = [Priority, Caller, Deadline];

    /// <exception cref="ArgumentException">A value cannot be read or is out of range; the message names it.</exception>
    public static CallTurn Map(ChatOptions options, LocalGenerationOptions own) => new(
        Defined(own.Priority) ?? ReadPriority(AdditionalProperty.Text(options, Priority)) ?? CallPriority.Normal,
        own.Caller ?? AdditionalProperty.Text(options, Caller) ?? "",
        ReadDeadline(own.DeadlineSeconds ?? AdditionalProperty.Number(options, Deadline)));

    private static CallPriority? Defined(CallPriority? priority) => priority is null || Enum.IsDefined(priority.Value)
        ? priority
        : throw new ArgumentException($"LocalGenerationOptions.Priority is {priority}. It takes Low, Normal or High.");

    private static CallPriority? ReadPriority(string? text) => text?.ToLowerInvariant() switch
    {
        null => null,
        "low" => CallPriority.Low,
        "normal" => CallPriority.Normal,
        "high" => CallPriority.High,
        _ => throw new ArgumentException($"The priority \"{text}\" is not known. Known: low, normal, high."),
    };

    private static TimeSpan? ReadDeadline(double? seconds)
    {
        if (seconds is not { } value) return null;
        if (value is not (> 0 and < 1e6)) throw new ArgumentException($"deadline_seconds is {value}. It takes a number above 0 and below a million, or is left out for no deadline.");
        return TimeSpan.FromSeconds(value);
    }
}
