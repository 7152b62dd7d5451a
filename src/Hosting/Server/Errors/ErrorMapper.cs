using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Decant.Hosting.Server;

/// <summary>Turns exceptions into what callers are told. What is nobody's business but the operator's goes to the log.</summary>
internal sealed partial class ErrorMapper(ILogger<ErrorMapper> logger)
{
    private const string Unprocessable = "unprocessable";

    /// <param name="exception">What happened.</param>
    /// <param name="requestId">What the log knows the request by.</param>
    public ApiError Map(Exception exception, string requestId) => exception switch
    {
        ApiException own => own.Error,
        QueueFullException full => new(StatusCodes.Status429TooManyRequests, full.Message, Code: "queue_full", RetryAfter: full.RetryAfter),
        DeadlineExceededException late => new(StatusCodes.Status504GatewayTimeout, late.Message, "deadline_seconds", "deadline_exceeded"),
        ContextOverflowException overflow => new(StatusCodes.Status400BadRequest, overflow.Message, "messages", "context_length_exceeded"),

        InsufficientMemoryException => new(StatusCodes.Status400BadRequest, "The request has more tokens than this server keeps in memory. Send a shorter one, or ask for fewer texts at once.", "messages", "context_length_exceeded"),

        // Options are named as the request's members are; parameters of methods are nothing to a caller.
        ArgumentException { ParamName: { Length: > 0 } name } argument when char.IsUpper(name[0]) => new(StatusCodes.Status400BadRequest, Message(argument), JsonNamingPolicy.SnakeCaseLower.ConvertName(name)),
        ArgumentException or NotSupportedException or ChatTemplateException => new(StatusCodes.Status400BadRequest, Message(exception)),
        NoTokenAllowedException or ConstraintLimitException or NothingGroundedException or RewardException => new(StatusCodes.Status422UnprocessableEntity, exception.Message, "decoding", Unprocessable),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this server's limit."),
        BadHttpRequestException bad => new(bad.StatusCode, "The request is not HTTP as it should be."),
        HostStoppingException or ObjectDisposedException or OperationCanceledException => new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down.", Code: "shutting_down"),
        _ => Internal(exception, requestId),
    };

    /// <summary>An exception's message without .NET's words about parameters.</summary>
    public static string Message(Exception exception) => Parameter().Replace(exception.Message, "").ReplaceLineEndings(" ");

    private ApiError Internal(Exception exception, string requestId)
    {
        LogInternal(logger, exception, requestId);
        return new(StatusCodes.Status500InternalServerError, $"Something went wrong in the server. Its log has it under {requestId}.", Code: "internal_error");
    }

    [GeneratedRegex(@" \(Parameter '\w+'\)")]
    private static partial Regex Parameter();

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private static partial void LogInternal(ILogger logger, Exception exception, string requestId);
}
