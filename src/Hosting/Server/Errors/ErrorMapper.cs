using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Decant.Hosting.Server;

/// <summary>Turns exceptions into what callers are told. What is nobody's business but the operator's goes to the log.</summary>
internal sealed partial class ErrorMapper(ILogger<ErrorMapper> logger, IHostApplicationLifetime? lifetime = null)
{
    private const string Unprocessable = "unprocessable";
    private static readonly TimeSpan _memoryRetryAfter = TimeSpan.FromSeconds(5);

    /// <param name="exception">What happened.</param>
    /// <param name="requestId">What the log knows the request by.</param>
    public ApiError Map(Exception exception, string requestId) => exception switch
    {
        ApiException own => own.Error,
        QueueFullException full => new(StatusCodes.Status429TooManyRequests, full.Message, Code: "queue_full", RetryAfter: full.RetryAfter),
        DeadlineExceededException late => new(StatusCodes.Status504GatewayTimeout, late.Message, "deadline_seconds", "deadline_exceeded"),
        ContextOverflowException overflow => new(StatusCodes.Status400BadRequest, overflow.Message, "messages", "context_length_exceeded"),

        InsufficientMemoryException => new(StatusCodes.Status503ServiceUnavailable, "The server has no memory left for this request. Send a shorter one, or try again later.", Code: "out_of_memory", RetryAfter: _memoryRetryAfter),
        ArgumentException or NotSupportedException or ChatTemplateException => Refused(exception, requestId),
        NoTokenAllowedException or ConstraintLimitException or NothingGroundedException or RewardException => new(StatusCodes.Status422UnprocessableEntity, exception.Message, "decoding", Unprocessable),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(StatusCodes.Status413PayloadTooLarge, "The body is larger than this server's limit."),
        BadHttpRequestException bad => new(bad.StatusCode, "The request is not HTTP as it should be."),
        HostStoppingException or ObjectDisposedException or OperationCanceledException when IsStopping(exception) => new(StatusCodes.Status503ServiceUnavailable, "The server is shutting down.", Code: "shutting_down"),
        _ => Internal(exception, requestId),
    };

    /// <summary>An exception's message without .NET's words about parameters.</summary>
    public static string Message(Exception exception) => Parameter().Replace(exception.Message, "").ReplaceLineEndings(" ");

    // A call that is cancelled while its caller waits and the host runs is a fault, a timeout of something that it asked for example.
    private bool IsStopping(Exception exception)
        => exception is not OperationCanceledException || exception.Message == ClientDrain.StoppedMessage || lifetime?.ApplicationStopping.IsCancellationRequested == true;

    // Most are the caller's own, but a fault of the server may look like one, so the log has them. Their messages may hold texts.
    private ApiError Refused(Exception exception, string requestId)
    {
        LogRefused(logger, requestId, exception.GetType().Name);

        // Options are named as the request's members are; parameters of methods are nothing to a caller.
        var param = exception is ArgumentException { ParamName: { Length: > 0 } name } && char.IsUpper(name[0]) ? JsonNamingPolicy.SnakeCaseLower.ConvertName(name) : null;
        return new(StatusCodes.Status400BadRequest, Message(exception), param);
    }

    private ApiError Internal(Exception exception, string requestId)
    {
        LogInternal(logger, exception, requestId);
        return new(StatusCodes.Status500InternalServerError, $"Something went wrong in the server. Its log has it under {requestId}.", Code: "internal_error");
    }

    [GeneratedRegex(@" \(Parameter '\w+'\)")]
    private static partial Regex Parameter();

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} was refused: {Exception}.")]
    private static partial void LogRefused(ILogger logger, string requestId, string exception);

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private static partial void LogInternal(ILogger logger, Exception exception, string requestId);
}
