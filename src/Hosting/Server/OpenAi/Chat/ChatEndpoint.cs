using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Decant.Hosting.Server;

/// <summary>Answers <c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(ServedModels models, EventStream events, IOptions<DecantServerOptions> options, TimeProvider? time = null)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync<ChatCompletionRequest>(context) with { KeyOwner = ApiKeys.OwnerOf(context) };
        var calls = ChatRequestMapper.Map(request, options.Value);
        var (model, client) = await models.ChatAsync(request.Model, context.RequestAborted);
        var (id, created) = ($"chatcmpl-{Guid.NewGuid():N}", (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds());
        if (request.Stream != true)
        {
            var responses = await CallRunner.CompleteAsync(client, calls, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(ChatResponseMapper.Map(id, created, model, responses), OpenAiJson.Options, context.RequestAborted);
            return;
        }

        var updates = CallRunner.Run(client, calls, context.RequestAborted);
        await events.WriteAsync(context, new ChatStreamMapper(id, created, model, calls.Count, request.StreamOptions?.IncludeUsage == true), updates);
    }
}
