using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>What every endpoint is behind: origins, keys, the body's size, and errors as callers can read them. Endpoints with <see cref="IAllowAnonymous"/> need no key.</summary>
internal sealed partial class EndpointGuard
{
    private readonly ApiKeys _keys;
    private readonly PublicAddressCheck _addresses;
    private readonly ErrorMapper _errors;
    private readonly DecantServerOptions _options;
    private readonly ICorsService _cors;
    private readonly CorsPolicy? _origins;
    private readonly ILogger<EndpointGuard> _logger;

    public EndpointGuard(IOptions<DecantServerOptions> options, PublicAddressCheck addresses, ErrorMapper errors, ICorsService cors, ILogger<EndpointGuard> logger)
    {
        (_options, _addresses, _errors, _cors, _logger) = (options.Value, addresses, errors, cors, logger);
        _keys = new ApiKeys(_options.ApiKeys);
        if (_options.CorsOrigins.Count > 0)
            _origins = new CorsPolicyBuilder([.. _options.CorsOrigins]).AllowAnyHeader().WithMethods(HttpMethods.Get, HttpMethods.Post).WithExposedHeaders("Retry-After", "x-request-id").Build();
    }

    public RequestDelegate Wrap(RequestDelegate next) => async context =>
    {
        try
        {
            context.Response.Headers["x-request-id"] = context.TraceIdentifier;
            if (AnswersPreflight(context)) return;
            CheckCaller(context);
            LimitBody(context);
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, _errors.Map(exception, context.TraceIdentifier));
        }
        catch (Exception exception)
        {
            // Half an answer must not look like a whole one.
            LogBroken(_logger, exception, context.TraceIdentifier);
            context.Abort();
        }
    };

    private bool AnswersPreflight(HttpContext context)
    {
        if (_origins is null) return false;
        var result = _cors.EvaluatePolicy(context, _origins);
        _cors.ApplyResult(result, context.Response);
        if (result.IsPreflightRequest) context.Response.StatusCode = StatusCodes.Status204NoContent;
        return result.IsPreflightRequest;
    }

    private void CheckCaller(HttpContext context)
    {
        if (!_keys.Any && !_addresses.Passed) throw new ApiException(StatusCodes.Status503ServiceUnavailable, "The server is starting. Try again.");
        if (!_keys.Any && !_options.AllowAnonymousPublicAccess && !PublicAddressCheck.IsLoopback(context.Request.Host.Host))
            throw new ApiException(StatusCodes.Status403Forbidden, $"Without a key this server answers requests to localhost, not to {context.Request.Host.Host}. Add a key to DecantServerOptions.ApiKeys.", code: "host_not_allowed");
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null) _keys.Check(context.Request);
    }

    private void LimitBody(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = _options.MaxRequestBodyBytes;
        if (context.Request.ContentLength > _options.MaxRequestBodyBytes) throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"The body is larger than this server's limit of {_options.MaxRequestBodyBytes} bytes.");
    }

    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed when its answer had begun; the connection is closed.")]
    private static partial void LogBroken(ILogger logger, Exception exception, string requestId);
}
