using Decant.Hosting;
using Decant.Samples.Server;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

// The settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddLocalChatClient(builder.Configuration.GetSection("Chat")).UseOpenTelemetry();
builder.Services.AddLocalEmbeddingGenerator(builder.Configuration.GetSection("Embeddings"));   // with the same model and engine options, the same weights
builder.Services.AddDecantServer(builder.Configuration.GetSection("Server"));
builder.Services.AddTelemetry(builder.Configuration);

var app = builder.Build();
app.MapDecant();
app.MapPrometheusScrapingEndpoint();   // /metrics, without a key: keep it from the public
app.Lifetime.ApplicationStarted.Register(() =>
{
    var key = app.Services.GetRequiredService<IOptions<DecantServerOptions>>().Value.ApiKeys.Count > 0 ? " -H 'Authorization: Bearer KEY'" : "";
    Console.WriteLine($$$"""curl {{{app.Urls.First()}}}/v1/chat/completions -H 'Content-Type: application/json'{{{key}}} -d '{"messages":[{"role":"user","content":"Where does Savisha live?"}]}'""");
});
app.Run();
